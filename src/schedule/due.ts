import {Temporal} from 'temporal-polyfill'
import {instantsBetween, type Recurrence} from './instants.ts'

export interface Job extends Recurrence {
  readonly catchUp: boolean
  readonly since: Temporal.Instant
  /** The last instant that was fired or missed. */
  readonly settled: Temporal.Instant | undefined
}

/** What is to be done about a job now; pure. */
export interface Due {
  readonly fire: readonly Temporal.Instant[]
  readonly missed: readonly Temporal.Instant[]
}

/** An instant this old was missed: nobody was there. */
const graceMilliseconds = 90_000

/** The instants not yet settled: those of now are fired, older ones are missed, but the last of them when it catches up. */
export function dueNow(job: Job, now: Temporal.Instant): Due {
  const open = instantsBetween(job, {from: job.settled ?? job.since, to: now})
  const late = now.subtract({milliseconds: graceMilliseconds})
  const fresh = open.filter(at => Temporal.Instant.compare(at, late) >= 0)
  const old = open.filter(at => Temporal.Instant.compare(at, late) < 0)
  const last = old.at(-1)
  if (!job.catchUp || fresh.length > 0 || !last) return {fire: fresh, missed: old}
  return {fire: [last], missed: old.slice(0, -1)}
}
