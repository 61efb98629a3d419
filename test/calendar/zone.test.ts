import fc from 'fast-check'
import t from 'tap'
import {Temporal} from 'temporal-polyfill'
import {annualFreeze} from '../../src/calendar/freeze.ts'
import {contractLimits} from '../../src/calendar/model.ts'
import {isInside, nextInside, weekOf} from '../../src/calendar/range.ts'
import {zoneOf, zones} from '../../src/calendar/zone.ts'

const anywhere = fc.constantFrom(...Intl.supportedValuesOf('timeZone'))
const in30Years = fc.integer({min: Date.UTC(2026, 0, 1), max: Date.UTC(2056, 0, 1)})
/** Quarters of an hour, where clocks are changed more often than anywhere. */
const nearChange = fc.tuple(anywhere, in30Years, fc.integer({min: -12, max: 12})).map(([name, from, quarters]) => {
  const change = Temporal.Instant.fromEpochMilliseconds(from).toZonedDateTimeISO(name).getTimeZoneTransition('next')
  return [name, (change?.epochMilliseconds ?? from) + quarters * 900_000] as const
})
const moments = fc.oneof(fc.tuple(anywhere, in30Years), nearChange)
const week = weekOf(contractLimits.ranges)

t.test('clocks show what Temporal says, in every zone, for thirty years', async t => {
  const zone = zones()
  fc.assert(
    fc.property(moments, ([name, instant]) => {
      const wall = Temporal.Instant.fromEpochMilliseconds(instant).toZonedDateTimeISO(name).toPlainDateTime()
      return new Date(zone(name).wall(instant)).toISOString().slice(0, 19) === wall.toString({smallestUnit: 'second'})
    }),
    {numRuns: 1500},
  )
  t.pass()
})

t.test('a wall time becomes its first instant, or the first after clocks jumped over it', async t => {
  const zone = zones()
  fc.assert(
    fc.property(moments, ([name, instant]) => {
      const wall = zone(name).wall(instant)
      const first = zone(name).instant(wall)
      const text = new Date(wall).toISOString().slice(0, 19)
      const expected = Temporal.PlainDateTime.from(text).toZonedDateTime(name, {disambiguation: 'earlier'})
      return first - (first % 1000) === expected.epochMilliseconds
    }),
    {numRuns: 1500},
  )
  const paris = zoneOf('Europe/Paris')
  const jumped = paris.instant(Date.UTC(2027, 2, 28, 2, 30))
  t.equal(new Date(jumped).toISOString(), '2027-03-28T01:00:00.000Z', 'there is no 02:30 on that day')
})

const freezes = [
  [2020, '2020-12-28', '2021-01-10'],
  [2023, '2023-12-25', '2024-01-07'],
  [2024, '2024-12-23', '2025-01-05'],
  [2026, '2026-12-28', '2027-01-10'],
] as const

for (const [year, first, last] of freezes) {
  t.test(`the freeze at the end of ${year} is from ${first} to ${last}, both included (C8)`, async t => {
    const {from, until} = annualFreeze(year, zoneOf('Europe/Paris'))
    const day = (at: number) => Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO('Europe/Paris')
    t.equal(day(from).toString({smallestUnit: 'minute'}), `${first}T00:00+01:00[Europe/Paris]`)
    t.equal(
      day(until - 1)
        .toPlainDate()
        .toString(),
      last,
    )
  })
}

t.test('each freeze is the last ISO week of one year and the first of the next, in every zone', async t => {
  const zone = zones()
  fc.assert(
    fc.property(anywhere, fc.integer({min: 2026, max: 2056}), (name, year) => {
      const {from, until} = annualFreeze(year, zone(name))
      const [first, last] = [from, until - 1].map(at =>
        Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(name),
      )
      const before = first?.subtract({nanoseconds: 1})
      return (
        first?.yearOfWeek === year &&
        before?.weekOfYear !== first.weekOfYear &&
        last?.yearOfWeek === year + 1 &&
        last.weekOfYear === 1 &&
        last.dayOfWeek === 7
      )
    }),
    {numRuns: 800},
  )
  t.pass()
})

t.test('a span is inside the ranges exactly when each of its minutes is night or Saturday there', async t => {
  const zone = zones()
  fc.assert(
    fc.property(moments, fc.integer({min: 1, max: 600}), ([name, instant], minutes) => {
      const from = instant - (instant % 60_000)
      const until = from + minutes * 60_000
      let free = true
      for (let at = from; at < until && free; at += 60_000) free = isNightOrSaturday(at, name)
      return isInside(week, {from, until}, zone(name)) === free
    }),
    {numRuns: 250},
  )
  t.pass()
})

t.test('the next range is inside, and nothing before it is', async t => {
  const zone = zones()
  fc.assert(
    fc.property(
      moments,
      fc.integer({min: 1, max: 180}),
      fc.double({min: 0, max: 1, noNaN: true}),
      ([name, from], minutes, part) => {
        const long = minutes * 60_000
        const next = nextInside(week, {from, until: from + long}, zone(name))
        if (next === undefined || next < from || !isInside(week, {from: next, until: next + long}, zone(name)))
          return false
        const before = Math.floor(from + (next - from) * part)
        return before >= next || !isInside(week, {from: before, until: before + long}, zone(name))
      },
    ),
    {numRuns: 1000},
  )
  t.pass()
})

function isNightOrSaturday(at: number, zone: string): boolean {
  const {hour, dayOfWeek} = Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(zone)
  return hour >= 22 || hour < 6 || dayOfWeek === 6
}
