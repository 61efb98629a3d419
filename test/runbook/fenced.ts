import {existsSync, readFileSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {setTimeout as sleep} from 'node:timers/promises'
import {machineOver} from '../../src/machine/apply.ts'
import {localConnection} from '../../src/machine/local.ts'
import type {Machine} from '../../src/machine/model.ts'
import type {Trial} from '../support/crash.ts'
import {bookOf} from '../support/kernel.ts'
import type {Killable, Place} from '../support/killable.ts'

/** The real reader on this machine, with its own files beside the given one. */
export function machineBeside(file: string): Machine {
  return machineOver(localConnection('local', {root: `${file}.root`}))
}

/** A step that waits for somebody to say go, and then writes a file through the machine's fence. */
export function trial(file: string): Trial {
  const written = `${file}.written`
  const wanted = {
    kind: 'file',
    path: written,
    content: 'by the run\n',
    owner: 'root',
    group: 'root',
    mode: '0600',
  } as const
  const step = {
    name: 'file-is-written',
    holds: async () => existsSync(written),
    make: async (at: {fence(lock: string): Parameters<Machine['apply']>[1]['fence']}) => {
      writeFileSync(`${file}.waiting`, '')
      while (!existsSync(`${file}.go`)) await sleep(20)
      await machineBeside(file).apply([wanted], {fence: at.fence('environment:e1')})
    },
  }
  return {
    runbook: bookOf('fenced', [step], ['environment:e1', 'host:local/e1']),
    input: {name: 'x'},
    state: () => existsSync(written) && readFileSync(written, 'utf8'),
    effects: () => ({}),
  }
}

/** The same in a folder. */
export function killable({folder}: Place): Killable {
  const {runbook, input, state, effects} = trial(join(folder, 'f'))
  return {runbook, begin: async () => input, state: async () => state(), effects: async () => effects()}
}
