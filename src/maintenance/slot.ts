import {type Known, objections} from '../calendar/steps.ts'
import type {ChangeType} from '../runbook/model.ts'

/** Requests of one environment in a quarter of an hour, observed. */
export interface Observed {
  readonly environment: string
  /** Milliseconds since 1970. */
  readonly quarter: number
  readonly requests: number
}

export interface SlotWanted {
  readonly change: ChangeType
  readonly minutes: number
  /** The first and the last begin that are considered; milliseconds since 1970. */
  readonly from: number
  readonly until: number
}

export interface Slot {
  readonly at: number
  /** Requests to be expected while it lasts. */
  readonly requests: number
  /** Of how many slots it is the one. */
  readonly of: number
  /** How many quarters of an hour were observed. */
  readonly observed: number
}

const quarter = 15 * 60_000
const quartersOfWeek = 7 * 96

/**
 * Of all begins the calendar allows for every one of these environments, the one in which fewest requests are to be
 * expected by what was observed in that quarter of the week; of equals the earliest (R163). None when nothing is allowed.
 */
export function leastActive(
  wanted: SlotWanted,
  facts: readonly Known[],
  observed: readonly Observed[],
): Slot | undefined {
  const expect = facts.map(known => expectation(known, observed))
  const length = Math.ceil(wanted.minutes / 15)
  let best: Slot | undefined
  let of = 0
  for (let at = Math.ceil(wanted.from / quarter) * quarter; at <= wanted.until; at += quarter) {
    const {change, minutes} = wanted
    const free = facts.every(known => {
      const asked = {change, environment: known.environment, at, minutes}
      return objections(asked, known).every(({verdict}) => verdict === 'condition')
    })
    if (!free) continue
    of++
    const requests = facts.reduce((sum, {zone}, n) => {
      const first = quarterOfWeek(zone.wall(at))
      for (let step = 0; step < length; step++) sum += expect[n]?.[(first + step) % quartersOfWeek] ?? 0
      return sum
    }, 0)
    if (!best || requests < best.requests) best = {at, requests, of, observed: observed.length}
  }
  return best && {...best, requests: Math.round(best.requests), of}
}

/** The mean of each quarter of the week, on the clocks of the tenant: people come by their own clocks. */
function expectation({environment, zone}: Known, observed: readonly Observed[]): Float64Array {
  const sums = new Float64Array(quartersOfWeek)
  const counts = new Uint16Array(quartersOfWeek)
  for (const each of observed) {
    if (each.environment !== environment) continue
    const at = quarterOfWeek(zone.wall(each.quarter))
    sums[at] = (sums[at] ?? 0) + each.requests
    counts[at] = (counts[at] ?? 0) + 1
  }
  return sums.map((sum, at) => sum / Math.max(1, counts[at] ?? 0))
}

function quarterOfWeek(wall: number): number {
  const since = Math.floor((wall - Date.UTC(1970, 0, 5)) / quarter) % quartersOfWeek
  return since < 0 ? since + quartersOfWeek : since
}
