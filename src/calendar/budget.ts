import {Temporal} from 'temporal-polyfill'
import type {Span} from './freeze.ts'
import {type Operation, table} from './model.ts'
import type {Zone} from './zone.ts'

const minute = 60_000

/** The calendar month an instant is in, on the clocks of the zone. */
export function monthOf(instant: number, zone: Zone): Span {
  const wall = new Date(zone.wall(instant))
  const [year, month] = [wall.getUTCFullYear(), wall.getUTCMonth()]
  return {from: zone.instant(Date.UTC(year, month, 1)), until: zone.instant(Date.UTC(year, month + 1, 1))}
}

/**
 * The minutes of maintenance in the month of a span, with it: the announced window while planned, what was measured once
 * done (R160, C1). Of a span over the end of a month the fuller month counts, each with its own part.
 */
export function usedMinutes(
  span: Span,
  operations: readonly Operation[],
  zone: Zone,
): {minutes: number; monthEnds: number} {
  const first = monthOf(span.from, zone)
  const last = span.until > first.until ? monthOf(span.until - 1, zone) : first
  const [one, other] = [first, last].map(month => ({
    minutes: within(month, span) + minutesIn(month, operations),
    monthEnds: month.until,
  })) as [{minutes: number; monthEnds: number}, {minutes: number; monthEnds: number}]
  return other.minutes > one.minutes ? other : one
}

/** The minutes of a month that operations take or took. */
export function minutesIn(month: Span, operations: readonly Operation[]): number {
  return operations.reduce((sum, operation) => {
    if (table[operation.change].budget === 'none') return sum
    const {closedMinutes, from} = operation
    if (operation.state !== 'done') return sum + within(month, operation)
    return from >= month.from && from < month.until ? sum + (closedMinutes ?? within(month, operation)) : sum
  }, 0)
}

function within(month: Span, {from, until}: Span): number {
  return Math.max(0, Math.min(until, month.until) - Math.max(from, month.from)) / minute
}

/** `2026-11` of the month an instant is in. */
export function monthName(instant: number, zone: Zone): string {
  return Temporal.Instant.fromEpochMilliseconds(instant)
    .toZonedDateTimeISO(zone.name)
    .toPlainDate()
    .toString()
    .slice(0, 7)
}
