import {RRuleTemporal} from 'rrule-temporal'
import {Temporal} from 'temporal-polyfill'
import type {Span} from './freeze.ts'

/** Dates a customer chose for maintenance: every third Tuesday at 22:00, for four hours. */
export interface Recurring {
  /** RFC 5545: `FREQ=MONTHLY;BYDAY=3TU` */
  readonly rule: string
  /** On the clocks of the tenant's zone. */
  readonly at: string
  readonly hours: number
}

/** The spans that a rule gives and that touch `within`, the earliest first; 22:00 stays 22:00 when clocks are changed. */
export function spansOf({rule, at, hours}: Recurring, zone: string, within: Span): Span[] {
  const long = hours * 3_600_000
  // Begun at a fixed day: a rule with an interval means the same whenever it is asked.
  const dtstart = Temporal.ZonedDateTime.from(`2026-01-01T${at}:00[${zone}]`)
  const dates = new RRuleTemporal({rruleString: rule, dtstart, temporal: Temporal, maxIterations: 100_000})
  const after = new Date(within.from - long)
  return dates.between(after, new Date(within.until), true).map(date => {
    const from = date.epochMilliseconds
    return {from, until: from + long}
  })
}
