import {join} from 'node:path'
import {Temporal} from 'temporal-polyfill'
import {hostApply} from '../../src/host/apply.ts'
import type {Host} from '../../src/host/model.ts'
import {inspect} from '../../src/host/preflight.ts'
import type {Runbook} from '../../src/runbook/model.ts'
import type {Trial} from '../support/crash.ts'
import type {Killable, Place} from '../support/killable.ts'
import {captured} from './captured.ts'
import {scripted} from './scripted.ts'

/** `host-apply` on a scripted machine, in memory or in a file. */
export function trial(file?: string): Trial {
  const machine = scripted('host-is-as-wanted', file)
  const {facts} = inspect(captured.text, {roles: [], seconds: captured.clock, took: 0, networks: []})
  const host: Host = {
    ...{name: 'north-1', address: '10.77.1.11', site: 'north', roles: ['edge', 'database'], facts},
    ...{hostKey: 'ssh-ed25519 AAAA', addedAt: Temporal.Instant.from('2026-11-22T11:00:00Z'), retiredAt: undefined},
  }
  const runbook = hostApply({
    ways: machine.ways,
    book: {fleet: async () => [host], named: async () => host, configured: async () => ({links: [], rows: []})},
  })
  const input = {name: 'north-1', environments: []}
  return {runbook: runbook as Runbook, input, state: machine.there, effects: machine.effects}
}

/** The same in a folder. */
export function killable({folder}: Place): Killable {
  const {runbook, input, state, effects} = trial(join(folder, 'machine.json'))
  return {runbook, begin: async () => input, state: async () => state(), effects: async () => effects()}
}
