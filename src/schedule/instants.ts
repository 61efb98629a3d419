import {Cron} from 'croner'
import {Temporal} from 'temporal-polyfill'
import {Refusal} from '../error.ts'

export interface Recurrence {
  /** Five cron fields. */
  readonly recurrence: string
  readonly zone: string
}

/** The instants after `from` up to `to`, the oldest first, at most `limit`; right on the days a zone changes its clocks. */
export function instantsBetween(
  of: Recurrence,
  {from, to, limit = 1000}: {from: Temporal.Instant; to: Temporal.Instant; limit?: number},
): Temporal.Instant[] {
  const cron = cronOf(of)
  const found: Temporal.Instant[] = []
  for (let at = next(cron, from); at && found.length < limit; at = next(cron, at)) {
    if (Temporal.Instant.compare(at, to) > 0) break
    found.push(at)
  }
  return found
}

/** The first instant after `from`; none for a recurrence that has ended. */
export function nextInstant(of: Recurrence, from: Temporal.Instant): Temporal.Instant | undefined {
  return next(cronOf(of), from)
}

/** Refusal `input-invalid` for what is no recurrence or no zone. */
export function assertRecurrence(of: Recurrence): void {
  cronOf(of)
}

function cronOf({recurrence, zone}: Recurrence): Cron {
  try {
    const cron = new Cron(recurrence, {timezone: zone, mode: '5-part', paused: true})
    cron.nextRun()
    return cron
  } catch (cause) {
    throw new Refusal('input-invalid', `${JSON.stringify(recurrence)} in ${zone} is no recurrence.`, {
      remedies: ['Give five cron fields and an IANA zone: 30 2 * * * Europe/Paris'],
      cause,
    })
  }
}

function next(cron: Cron, from: Temporal.Instant): Temporal.Instant | undefined {
  const date = cron.nextRun(new Date(from.epochMilliseconds))
  return date ? Temporal.Instant.fromEpochMilliseconds(date.getTime()) : undefined
}
