import {CodedError, Failure} from '../error.ts'
import type {Wanted} from '../machine/model.ts'
import type {At} from '../runbook/model.ts'
import type {Fact} from '../runbook/step.ts'
import type {HostWorld} from './apply.ts'
import type {Host} from './model.ts'
import {inside} from './ways.ts'

/** What each edge must have, told in a sentence that says what it is without where it is not. */
export interface OnEdges {
  readonly lock: string
  wanted(host: Host, fleet: readonly Host[]): readonly Wanted[]
  /** `Free backends could not be declared`. */
  readonly missing: string
}

/** Every edge has it. One that is away keeps no other from its own; then throws `Failure('host-unreachable')`. */
export function onEveryEdge(world: HostWorld, {lock, wanted, missing}: OnEdges): Fact {
  const done = new WeakSet<At>()
  const each = async <T>(work: (host: Host, wanted: readonly Wanted[]) => Promise<T>) => {
    const fleet = await world.book.fleet()
    const edges = fleet.filter(({roles}) => roles.includes('edge'))
    return Promise.all(
      edges.map(async host => ({host: host.name, ...(await outcome(work(host, wanted(host, fleet))))})),
    )
  }
  return {
    holds: async at => {
      if (done.has(at)) return true
      const plans = await each((host, wanted) => inside(world.ways.enter(host), machine => machine.plan(wanted)))
      return plans.every(one => 'value' in one && one.value.changes.length === 0)
    },
    make: async at => {
      const applied = await each(async (host, wanted) => {
        const fence = at.fence(lock)
        const {changes} = await inside(world.ways.enter(host), machine => machine.apply(wanted, {fence}))
        if (changes.length > 0) at.tell(`${host.name}: ${changes.map(({of, what}) => `${of}: ${what}`).join(', ')}`)
      })
      const failed = applied.flatMap(one => ('error' in one ? [{host: one.host, why: one.error}] : []))
      if (failed.length > 0) throw unreached(missing, failed)
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

function unreached(missing: string, failed: readonly {host: string; why: CodedError}[]): Failure {
  const names = failed.map(({host}) => host).join(', ')
  return new Failure('host-unreachable', `${missing} on ${names}: ${failed[0]?.why.message}`, {
    facts: {hosts: failed.map(({host, why}) => ({host, code: why.code, message: why.message}))},
  })
}
