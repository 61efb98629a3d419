import fc from 'fast-check'
import t from 'tap'
import {Temporal} from 'temporal-polyfill'
import {spansOf} from '../../src/calendar/recurrence.ts'
import {dateOf, rangeOf} from '../../src/calendar/strict.ts'
import {at} from './ground.ts'

const thirdTuesday = dateOf('FREQ=MONTHLY;BYDAY=3TU 22:00 4h')

t.test('the third Tuesday at 22:00 is at 22:00 in summer and in winter', async t => {
  const spans = spansOf(thirdTuesday, 'Europe/Paris', {from: at('2027-03-01 00:00'), until: at('2027-05-01 00:00')})
  t.strictSame(spans, [
    {from: at('2027-03-16 22:00'), until: at('2027-03-17 02:00')},
    {from: at('2027-04-20 22:00'), until: at('2027-04-21 02:00')},
  ])
})

t.test('in every zone, for thirty years, a third Tuesday comes each month', async t => {
  const anywhere = fc.constantFrom(...Intl.supportedValuesOf('timeZone'))
  fc.assert(
    fc.property(anywhere, fc.integer({min: 2026, max: 2056}), fc.integer({min: 1, max: 12}), (zone, year, month) => {
      const first = Temporal.PlainDate.from({year, month, day: 1}).toZonedDateTime({timeZone: zone, plainTime: '12:00'})
      const until = first.add({months: 1}).epochMilliseconds
      const [span, ...others] = spansOf(thirdTuesday, zone, {from: first.epochMilliseconds, until})
      const begin = Temporal.Instant.fromEpochMilliseconds(span?.from ?? 0).toZonedDateTimeISO(zone)
      const third = begin.dayOfWeek === 2 && begin.day > 14 && begin.day < 22
      return others.length === 0 && third && begin.hour === 22 && begin.month === month
    }),
    {numRuns: 60},
  )
  t.pass()
})

t.test('contracts write times of a week in words', async t => {
  t.strictSame(rangeOf('tuesday 22:00-02:00'), {days: [2], from: '22:00', until: '02:00'})
  t.equal(rangeOf('daily 23:00-05:00').days.length, 7)
})
