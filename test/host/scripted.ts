import {existsSync, readFileSync, writeFileSync} from 'node:fs'
import {Temporal} from 'temporal-polyfill'
import type {Clock} from '../../src/clock.ts'
import type {Entered, Ways} from '../../src/host/ways.ts'
import type {Change, Wanted} from '../../src/machine/model.ts'
import {captured} from './captured.ts'

interface Kept {
  readonly there: readonly string[]
  readonly effects: Readonly<Record<string, number>>
}

/** A machine in memory or in a file: which wanted things are there, and how often something was made. */
export interface Scripted {
  readonly ways: Ways
  there(): readonly string[]
  effects(): Readonly<Record<string, number>>
  /** One more effect of that step. */
  count(step: string): void
}

/** The moment at which the captured host answered. */
export const clock: Clock = {
  now: () => Temporal.Instant.fromEpochMilliseconds(Math.round(captured.clock * 1000)),
  sleep: async () => {},
}

/** The machine; making anything wanted is an effect of the step named. */
export function scripted(step: string, file?: string): Scripted {
  let memory: Kept = {there: [], effects: {}}
  const kept = (): Kept => (file && existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : memory)
  const keep = (next: Kept) => {
    memory = next
    if (file) writeFileSync(file, JSON.stringify(next))
  }
  const differing = (wanted: readonly Wanted[]) =>
    wanted.filter(want => kept().there.includes(title(want)) === (want.absent ?? false))
  const changes = (wanted: readonly Wanted[]): Change[] =>
    differing(wanted).map(want => ({of: title(want), what: want.absent ? 'remove' : 'create', actions: []}))
  const count = (name: string) => {
    const {there, effects} = kept()
    keep({there, effects: {...effects, [name]: (effects[name] ?? 0) + 1}})
  }
  const machine: Entered = {
    host: 'north-1',
    roundTrips: 0,
    plan: async wanted => ({host: 'north-1', changes: changes(wanted), planHash: ''}),
    apply: async wanted => {
      const [done, things] = [changes(wanted), differing(wanted)]
      const gone = things.filter(want => want.absent).map(title)
      const made = things.filter(want => !want.absent).map(title)
      keep({...kept(), there: [...kept().there.filter(each => !gone.includes(each)), ...made].sort()})
      if (made.length > 0) count(step)
      return {host: 'north-1', changes: done, planHash: '', roundTrips: 2}
    },
    ask: async () => [],
    act: async () => [],
    close: async () => {},
  }
  const ways: Ways = {
    publicKey: 'ssh-ed25519 BBBB',
    enter: () => machine,
    run: async () => captured.text,
    presented: async () => 'ssh-ed25519 AAAA',
  }
  return {ways, count, there: () => kept().there, effects: () => kept().effects}
}

const title = (want: Wanted) => `${want.kind} ${'path' in want ? want.path : 'name' in want ? want.name : ''}`.trim()
