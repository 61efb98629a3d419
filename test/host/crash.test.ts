import t from 'tap'
import {Temporal} from 'temporal-polyfill'
import type {Clock} from '../../src/clock.ts'
import {type HostAddInput, hostAdd} from '../../src/host/add.ts'
import {hostApply} from '../../src/host/apply.ts'
import type {Host} from '../../src/host/model.ts'
import {inspect} from '../../src/host/preflight.ts'
import type {Entered, Ways} from '../../src/host/ways.ts'
import type {Change, Wanted} from '../../src/machine/model.ts'
import type {Runbook} from '../../src/runbook/model.ts'
import {Secret} from '../../src/secret/secret.ts'
import {failsAtEveryStep, type Trial} from '../support/crash.ts'
import {captured} from './captured.ts'

const at = Temporal.Instant.from('2026-11-22T11:00:00Z')
const clock: Clock = {
  now: () => Temporal.Instant.fromEpochMilliseconds(Math.round(captured.clock * 1000)),
  sleep: async () => {},
}
const title = (want: Wanted) => `${want.kind} ${'path' in want ? want.path : 'name' in want ? want.name : ''}`

/** A machine that remembers which wanted things are there, and how often each was made. */
function scripted() {
  const there = new Set<string>()
  const effects: Record<string, number> = {}
  const differing = (wanted: readonly Wanted[]) =>
    wanted.filter(want => there.has(title(want)) === (want.absent ?? false))
  const changes = (wanted: readonly Wanted[]): Change[] =>
    differing(wanted).map(want => ({of: title(want), what: want.absent ? 'remove' : 'create', actions: []}))
  const machine: Entered = {
    host: 'north-1',
    roundTrips: 0,
    plan: async wanted => ({host: 'north-1', changes: changes(wanted), planHash: ''}),
    apply: async wanted => {
      const done = changes(wanted)
      for (const want of differing(wanted)) {
        if (want.absent) there.delete(title(want))
        else {
          there.add(title(want))
          effects['host-is-as-wanted'] = (effects['host-is-as-wanted'] ?? 0) + 1 / wanted.length
        }
      }
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
  return {there, effects, ways}
}

const input: HostAddInput = {
  ...{name: 'north-1', address: '10.77.1.11', site: 'north', roles: ['edge', 'database'], networks: []},
  ...{hostKey: 'ssh-ed25519 AAAA', bootstrapUser: 'root'},
}

function adoption(): Trial {
  const {there, ways} = scripted()
  const recorded = new Map<string, Host>()
  const runbook = hostAdd({
    ...{ways, clock, program: '', bootstrap: {user: 'root', key: new Secret('')}},
    records: {
      find: async name => recorded.get(name),
      put: async host => void recorded.set(host.name, {...host, addedAt: at, retiredAt: undefined}),
      remove: async name => void recorded.delete(name),
    },
  })
  return {
    runbook: runbook as Runbook,
    input,
    state: () => ({there: [...there].sort(), recorded: [...recorded.keys()]}),
    effects: () => ({}),
  }
}

function provisioning(): Trial {
  const {there, effects, ways} = scripted()
  const {facts} = inspect(captured.text, {roles: [], seconds: captured.clock, took: 0, networks: []})
  const host: Host = {...input, facts, addedAt: at, retiredAt: undefined}
  const runbook = hostApply({ways, book: {fleet: async () => [host], named: async () => host}})
  return {
    runbook: runbook as Runbook,
    input: {name: 'north-1', environments: []},
    state: () => [...there].sort(),
    effects: () => Object.fromEntries(Object.entries(effects).map(([name, times]) => [name, Math.round(times)])),
  }
}

t.test('host add stands every crash', async t => failsAtEveryStep(t, adoption))
t.test('host apply stands every crash', async t => failsAtEveryStep(t, provisioning))
