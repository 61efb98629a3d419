import type {Zone} from './zone.ts'

/** A time in which production stays as it is; milliseconds since 1970, the end not included. */
export interface Span {
  readonly from: number
  readonly until: number
}

const day = 86_400_000

/**
 * The systematic freeze of the last ISO week of `year` and the first of the next (R166, C8): Monday 00:00 to Monday 00:00,
 * fourteen days, on the clocks of the zone.
 */
export function annualFreeze(year: number, zone: Zone): Span {
  const first = firstMonday(year + 1)
  return {from: zone.instant(first - 7 * day), until: zone.instant(first + 7 * day)}
}

/** The systematic freezes that touch a span. */
export function annualFreezes({from, until}: Span, zone: Zone): readonly Span[] {
  const [begin, end] = [new Date(from), new Date(until)]
  const [first, last] = [begin.getUTCFullYear() - 1, end.getUTCFullYear()]
  // Most of a year is asked for, and none of it is frozen: no freeze reaches into February or begins before December.
  if (last === first + 1 && begin.getUTCMonth() > 0 && end.getUTCMonth() < 11) return []
  return Array.from({length: last - first + 1}, (_, n) => annualFreeze(first + n, zone)).filter(freeze =>
    touches(freeze, {from, until}),
  )
}

/** True when two spans share an instant; a span of no length is an instant. */
export function touches(a: Span, b: Span): boolean {
  return a.from < Math.max(b.until, b.from + 1) && b.from < Math.max(a.until, a.from + 1)
}

/** Midnight of the Monday of ISO week 1: the week that holds the fourth of January. */
function firstMonday(year: number): number {
  const fourth = Date.UTC(year, 0, 4)
  const sinceMonday = (new Date(fourth).getUTCDay() + 6) % 7
  return fourth - sinceMonday * day
}
