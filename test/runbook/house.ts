import {existsSync, readFileSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import type {Step} from '../../src/runbook/model.ts'
import {during, type Fact, step, undo} from '../../src/runbook/step.ts'
import type {Trial} from '../support/crash.ts'
import {bookOf} from '../support/kernel.ts'
import type {Killable, Place} from '../support/killable.ts'

interface House {
  readonly so: Record<string, boolean>
  readonly effects: Record<string, number>
}

/** A small world in memory or in a file: a house, with a bracket and a point of no return. */
export function trial(file?: string): Trial {
  let memory: House = {so: {}, effects: {}}
  const read = () =>
    file === undefined ? memory : existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as House) : memory
  const change = (name: string, value: boolean) => {
    const house = read()
    memory = {
      so: {...house.so, [name]: value},
      effects: value ? {...house.effects, [name]: (house.effects[name] ?? 0) + 1} : house.effects,
    }
    if (file) writeFileSync(file, JSON.stringify(memory))
  }
  const is = (name: string): Fact => ({
    holds: async () => read().so[name] === true,
    make: async () => change(name, true),
  })
  const isNot = (name: string): Fact => ({
    holds: async () => read().so[name] !== true,
    make: async () => change(name, false),
  })
  const steps: Step[] = [
    step('ground-is-level', is('ground-is-level'), undo.by(isNot('ground-is-level'))),
    ...during('street-is-closed', {...is('street-is-closed'), atMost: 'PT10M'}, isNot('street-is-closed'), [
      step('walls-stand', is('walls-stand'), undo.by(isNot('walls-stand'))),
      step('keys-are-handed-over', is('keys-are-handed-over'), undo.never('somebody lives there', 'docs/house.md')),
    ]),
    step('lights-are-on', is('lights-are-on')),
  ]
  return {
    runbook: bookOf('house', steps, ['environment:ehouse']),
    input: {name: 'acme'},
    state: () =>
      Object.entries(read().so)
        .filter(([, so]) => so)
        .map(([name]) => name)
        .sort(),
    effects: () => read().effects,
  }
}

/** The same in a folder. */
export function killable({folder}: Place): Killable {
  const {runbook, input, state, effects} = trial(join(folder, 'house.json'))
  return {runbook, begin: async () => input, state: async () => state(), effects: async () => effects()}
}
