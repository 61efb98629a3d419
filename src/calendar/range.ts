import type {Span} from './freeze.ts'
import type {Zone} from './zone.ts'

/** A part of a day on which maintenance is possible; `until` at or before `from` is on the next day. */
export interface Range {
  /** 1 is Monday. */
  readonly days: readonly number[]
  /** `22:00` */
  readonly from: string
  /** `06:00`, `24:00` */
  readonly until: string
}

const minute = 60_000
const day = 24 * 60
const week = 7 * day
/** A Monday. */
const monday = Date.UTC(1970, 0, 5)

/** The minutes of a week, by the clocks: how many free ones follow from each on, and how many that are not. */
export interface Week {
  readonly free: Uint16Array
  readonly closed: Uint16Array
}

/** The week that several lists of ranges leave free: a minute must be in every list. */
export function weekOf(lists: readonly (readonly Range[])[]): Week {
  const open = lists.map(minutesOf)
  const free = new Uint16Array(week)
  const closed = new Uint16Array(week)
  // Twice around, so that a stretch over Sunday midnight is one.
  for (let n = 2 * week - 1; n >= 0; n--) {
    const at = n % week
    const next = (at + 1) % week
    const isFree = open.every(list => list[at] === 1)
    free[at] = isFree ? Math.min((free[next] ?? 0) + 1, week) : 0
    closed[at] = isFree ? 0 : Math.min((closed[next] ?? 0) + 1, week)
  }
  return {free, closed}
}

function minutesOf(ranges: readonly Range[]): Uint8Array {
  const minutes = new Uint8Array(week)
  for (const {days, from, until} of ranges) {
    const start = clock(from)
    const length = ((clock(until) - start + day - 1) % day) + 1
    for (const each of days) for (let n = 0; n < length; n++) minutes[((each - 1) * day + start + n) % week] = 1
  }
  return minutes
}

function clock(text: string): number {
  const [hours = 0, minutes = 0] = text.split(':').map(Number)
  return hours * 60 + minutes
}

/** True when every instant of the span is free on the clocks of the zone, also where these are changed within. */
export function isInside(of: Week, {from, until}: Span, zone: Zone): boolean {
  for (let at = from; ; ) {
    const left = stretch(of.free, zone.wall(at))
    if (left === 0) return false
    const steady = Math.min(Math.max(until, from + 1), zone.steadyUntil(at))
    if (at + left < steady && left < (week - 1) * minute) return false
    if (steady >= until) return true
    at = steady
  }
}

/** The first instant from `from` on at which so long a span is inside; none when no stretch is long enough. */
export function nextInside(of: Week, {from, until}: Span, zone: Zone): number | undefined {
  const long = until - from
  for (let at = from, tries = 0; tries < 60; tries++) {
    if (isInside(of, {from: at, until: at + long}, zone)) return at
    const wall = zone.wall(at)
    const next = at + (stretch(of.free, wall) || stretch(of.closed, wall))
    at = Math.min(next, zone.steadyUntil(at))
  }
  return undefined
}

/** Milliseconds from a wall time to the end of the stretch it is in; 0 when it is in none. */
function stretch(minutes: Uint16Array, wall: number): number {
  const since = (wall - monday) % (week * minute)
  const within = since < 0 ? since + week * minute : since
  const left = minutes[Math.floor(within / minute)] ?? 0
  return left === 0 ? 0 : left * minute - (within % minute)
}
