import {Temporal} from 'temporal-polyfill'
import type {Clock} from '../../src/clock.ts'
import {Bug} from '../../src/error.ts'
import {type Following, follow} from '../../src/runbook/follow.ts'
import type {End, Records, RunEvent, RunState, Step, StepRecord, Stopped, Way} from '../../src/runbook/model.ts'

/** A run whose records live in memory and whose time passes only when somebody sleeps. */
export interface MemoryRun {
  readonly records: Records & {readonly rows: Map<number, StepRecord>; state_: RunState; stopped?: Stopped | undefined}
  readonly events: RunEvent[]
  readonly soon: AbortController
  readonly now: AbortController
  /** Follows from where the records end, as a new process would. */
  follow(steps: readonly Step[], way?: Way): Promise<End>
}

/** A new run in memory. */
export function memoryRun(given: Partial<Following> = {}): MemoryRun {
  const rows = new Map<number, StepRecord>()
  const records: MemoryRun['records'] = {
    rows,
    state_: 'queued',
    steps: async () => [...rows.values()].sort((a, b) => a.position - b.position),
    step: async record => void rows.set(record.position, record),
    state: async (state, stopped) => {
      records.state_ = state
      records.stopped = stopped
    },
  }
  const events: RunEvent[] = []
  const soon = new AbortController()
  const now = new AbortController()
  const clock = leapingClock()
  return {
    records,
    events,
    soon,
    now,
    follow: (steps, way = 'forward') =>
      follow({
        run: 'r1',
        steps,
        way,
        records,
        clock,
        random: () => 0.5,
        at: {operator: 'ann@cmc.test', reason: undefined, fence: lock => missing(lock)},
        interruption: {soon: soon.signal, now: now.signal},
        once: (_, part) => part(),
        tell: event => void events.push(event),
        ...given,
      }),
  }
}

/** Sleeping moves it at once. */
export function leapingClock(from = '2026-11-22T11:00:00Z'): Clock {
  let at = Temporal.Instant.from(from)
  return {
    now: () => at,
    sleep: async milliseconds => {
      at = at.add({milliseconds})
    },
  }
}

function missing(lock: string): never {
  throw new Bug(`the run does not hold ${lock}`)
}
