import {type CodedError, Refusal} from '../error.ts'
import type {Applied} from '../machine/model.ts'
import type {Progress} from '../terminal/progress.ts'
import type {HostApplyInput, HostChange, HostWorld} from './apply.ts'
import {type Outcome, overHosts, type Pace} from './fleet.ts'
import type {Host} from './model.ts'
import {forecast, type HostForecast, type HostTrouble, planHosts, trouble} from './plan.ts'

/** What was done on one host. */
export type HostApplied =
  | (Extract<HostForecast, {ok: true}> & {readonly run?: string})
  | (HostTrouble & {readonly run?: string})

export interface FleetApplied {
  readonly items: readonly HostApplied[]
  readonly roundTrips: number
}

/** Runs `host-apply` on one host, and tells what was done. */
export type ApplyHost = (
  input: HostApplyInput,
  signal: AbortSignal,
) => Promise<{readonly run: string; readonly applied: Applied | undefined}>

export interface ApplyAll {
  readonly hosts: readonly Host[]
  readonly pace: Pace
  /** The hash of the plan that was read, over all these hosts. */
  readonly expect?: string | undefined
  /** What it is to the calendar. */
  readonly change?: HostChange | undefined
  readonly environmentsOn: (host: string) => Promise<readonly string[]>
  /** Told which hosts are still waited for. */
  readonly progress: Progress
}

/**
 * Makes hosts as they are wanted; one that is already needs one exchange and no run.
 * Throws `Refusal('plan-changed')` before anything is changed.
 */
export async function applyHosts(world: HostWorld, run: ApplyHost, all: ApplyAll): Promise<FleetApplied> {
  const plan = await planHosts(world, all.hosts, all.pace)
  if (all.expect !== undefined && all.expect !== plan.planHash) throw planChanged(all.expect, plan.planHash)
  const changing = plan.items.filter(item => item.ok && item.changes.length > 0)
  const waiting = new Set(changing.map(({host}) => host))
  const part = waiting.size > 0 ? all.progress.part(`${waiting.size} of ${plan.items.length} hosts change`) : undefined
  const outcomes = await overHosts(
    all.hosts.filter(({name}) => waiting.has(name)),
    all.pace,
    async ({name}, signal) => {
      part?.at(`waiting for ${[...waiting].join(', ')}`)
      const planned = plan.items.find(item => item.host === name)
      const expect = all.expect === undefined || !planned?.ok ? {} : {expect: planned.planHash}
      const change = all.change === undefined ? {} : {change: all.change}
      try {
        return await run({name, environments: await all.environmentsOn(name), ...change, ...expect}, signal)
      } finally {
        waiting.delete(name)
        part?.at(`waiting for ${[...waiting].join(', ')}`)
      }
    },
  )
  part?.done()
  const items = plan.items.map(item =>
    done(
      item,
      outcomes.find(({host}) => host === item.host),
    ),
  )
  return {items, roundTrips: items.reduce((sum, each) => sum + (each.ok ? each.roundTrips : 0), 0)}
}

function done(planned: HostForecast, outcome: Outcome<Awaited<ReturnType<ApplyHost>>> | undefined): HostApplied {
  if (!outcome || !planned.ok) return planned
  if (!outcome.ok) return {...trouble(outcome), ...runOf(outcome.error)}
  const {run, applied} = outcome.value
  // The forecast, the question before, what was done, the question after: each asks the host once.
  const roundTrips = planned.roundTrips + 2 + (applied?.roundTrips ?? 0)
  if (applied === undefined) return {...planned, changes: [], roundTrips, run}
  return {...forecast({...applied, roundTrips}), ok: true, run} as HostApplied
}

const runOf = ({runId}: CodedError) => (runId === undefined ? {} : {run: runId})

function planChanged(expect: string, found: string): Refusal {
  return new Refusal(
    'plan-changed',
    'The hosts are no longer as they were when the plan was made; nothing was changed.',
    {
      facts: {expected: expect, found},
      remedies: ['selfhelp host plan'],
    },
  )
}
