import {CodedError, Failure} from '../error.ts'
import type {At, Runbook} from '../runbook/model.ts'
import {type Fact, runbook, step} from '../runbook/step.ts'
import type {HostWorld} from './apply.ts'
import type {Host} from './model.ts'
import {edgePools} from './wanted.ts'
import {inside} from './ways.ts'

const lock = 'edge:pools'

/** When nobody works: 8 backends are always left for new tenants, and 32 are declared again. */
export const refillSchedule = {
  name: 'edge-refill',
  recurrence: '40 2 * * *',
  zone: 'Europe/Paris',
  runbook: 'edge-refill',
  input: {},
  catchUp: false,
} as const

/** Every edge has free backends for new tenants, loaded without a broken connection; one that is away gets them the next night. */
export function edgeRefill(world: HostWorld): Runbook<object> {
  return runbook<object>({
    id: 'edge-refill',
    bySchedule: true,
    change: 'configuration',
    title: () => 'declare free backends',
    subject: () => 'edges',
    tenant: () => undefined,
    environments: () => [],
    locks: () => [lock],
    steps: () => [step('every-edge-has-free-backends', declared(world), {within: 'PT0S'})],
  })
}

function declared(world: HostWorld): Fact {
  const done = new WeakSet<At>()
  const each = async <T>(work: (host: Host, fleet: readonly Host[]) => Promise<T>) => {
    const fleet = await world.book.fleet()
    const edges = fleet.filter(({roles}) => roles.includes('edge'))
    return Promise.all(edges.map(async host => ({host: host.name, ...(await outcome(work(host, fleet)))})))
  }
  return {
    holds: async at => {
      if (done.has(at)) return true
      const plans = await each(async (host, fleet) => {
        const plan = await inside(world.ways.enter(host), machine => machine.plan(edgePools(host, fleet)))
        return plan.changes.length
      })
      return plans.every(one => 'value' in one && one.value === 0)
    },
    make: async at => {
      const applied = await each(async (host, fleet) => {
        const fence = at.fence(lock)
        const {changes} = await inside(world.ways.enter(host), machine =>
          machine.apply(edgePools(host, fleet), {fence}),
        )
        if (changes.length > 0) at.tell(`${host.name}: ${changes.map(({of, what}) => `${of}: ${what}`).join(', ')}`)
      })
      const failed = applied.flatMap(one => ('error' in one ? [{host: one.host, why: one.error}] : []))
      if (failed.length > 0) throw unfilled(failed)
      done.add(at)
    },
  }
}

async function outcome<T>(work: Promise<T>): Promise<{readonly value: T} | {readonly error: CodedError}> {
  try {
    return {value: await work}
  } catch (error) {
    if (error instanceof CodedError && error.kind !== 'bug') return {error}
    throw error
  }
}

function unfilled(failed: readonly {host: string; why: CodedError}[]): Failure {
  const names = failed.map(({host}) => host).join(', ')
  return new Failure('host-unreachable', `Free backends could not be declared on ${names}: ${failed[0]?.why.message}`, {
    facts: {hosts: failed.map(({host, why}) => ({host, code: why.code, message: why.message}))},
  })
}
