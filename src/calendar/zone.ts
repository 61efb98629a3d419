import {Temporal} from 'temporal-polyfill'

/**
 * A time zone as functions over milliseconds since 1970; a wall time is written as if it were UTC. Offsets are looked up
 * once per year: a decision asks for several, and Temporal takes longer for one than a whole decision may.
 */
export interface Zone {
  readonly name: string
  /** What clocks on the wall show at an instant. */
  wall(instant: number): number
  /** The first instant at which clocks show this wall time or, when they skip it, a later one. */
  instant(wall: number): number
  /** Until when the offset stays as it is at an instant; at most to the end of its year (UTC). */
  steadyUntil(instant: number): number
}

/** From `at` on, until `until`, this offset holds. */
interface Steady {
  readonly at: number
  readonly until: number
  readonly offset: number
}

/** Zones by name, each made once. A `RangeError` for what is no zone. */
export function zones(): (name: string) => Zone {
  const known = new Map<string, Zone>()
  return name => {
    const found = known.get(name) ?? zoneOf(name)
    known.set(name, found)
    return found
  }
}

/** One zone. A `RangeError` for what is none. */
export function zoneOf(name: string): Zone {
  const years = new Map<number, readonly Steady[]>()
  Temporal.Instant.fromEpochMilliseconds(0).toZonedDateTimeISO(name)
  const inYear = (year: number) => {
    const found = years.get(year) ?? steadyIn(name, year)
    years.set(year, found)
    return found
  }
  const at = (instant: number) => {
    const all = inYear(new Date(instant).getUTCFullYear())
    return all.find(({until}) => instant < until) ?? (all.at(-1) as Steady)
  }
  return {
    name,
    wall: instant => instant + at(instant).offset,
    steadyUntil: instant => at(instant).until,
    instant: wall => {
      const year = new Date(wall).getUTCFullYear()
      // An offset is less than a day, so that the year before or after matters only near its turn.
      const near = [...inYear(year - 1).slice(-1), ...inYear(year), ...inYear(year + 1).slice(0, 1)]
      const found = near.find(({until, offset}) => wall - offset < until)
      return found ? Math.max(wall - found.offset, found.at) : wall
    },
  }
}

function steadyIn(name: string, year: number): readonly Steady[] {
  const end = Date.UTC(year + 1, 0, 1)
  const found: Steady[] = []
  let at = Temporal.Instant.fromEpochMilliseconds(Date.UTC(year, 0, 1)).toZonedDateTimeISO(name)
  for (;;) {
    const next = at.getTimeZoneTransition('next')
    const until = Math.min(next?.epochMilliseconds ?? end, end)
    found.push({at: at.epochMilliseconds, until, offset: at.offsetNanoseconds / 1e6})
    if (!next || until === end) return found
    at = next
  }
}
