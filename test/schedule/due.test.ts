import t from 'tap'
import {Temporal} from 'temporal-polyfill'
import {dueNow} from '../../src/schedule/due.ts'
import {assertRecurrence, instantsBetween} from '../../src/schedule/instants.ts'

const at = (text: string) => Temporal.Instant.from(text)
const between = (recurrence: string, from: string, to: string) =>
  instantsBetween({recurrence, zone: 'Europe/Paris'}, {from: at(from), to: at(to)}).map(one => one.toString())

t.test('02:30 comes once on the day Paris skips it, and once on the day it comes twice', async t => {
  t.equal(between('30 2 * * *', '2026-03-28T12:00:00Z', '2026-03-29T12:00:00Z').length, 1)
  t.equal(between('30 2 * * *', '2026-10-24T12:00:00Z', '2026-10-25T12:00:00Z').length, 1)
})

t.test('every half hour stays every half hour when the clock goes back', async t => {
  t.strictSame(between('*/30 * * * *', '2026-10-24T23:45:00Z', '2026-10-25T02:05:00Z'), [
    '2026-10-25T00:00:00Z',
    '2026-10-25T00:30:00Z',
    '2026-10-25T01:00:00Z',
    '2026-10-25T01:30:00Z',
    '2026-10-25T02:00:00Z',
  ])
})

t.test('an instant of now is fired, an older one is missed, and caught up once where that is wanted', async t => {
  const job = {
    recurrence: '0 * * * *',
    zone: 'UTC',
    since: at('2026-11-22T00:30:00Z'),
    settled: undefined,
    catchUp: false,
  }
  const texts = (due: ReturnType<typeof dueNow>) => ({fire: due.fire.map(String), missed: due.missed.map(String)})
  const now = at('2026-11-22T03:00:05Z')
  const missed = ['2026-11-22T01:00:00Z', '2026-11-22T02:00:00Z']
  t.strictSame(texts(dueNow(job, now)), {fire: ['2026-11-22T03:00:00Z'], missed})
  t.strictSame(texts(dueNow({...job, catchUp: true}, now)), {fire: ['2026-11-22T03:00:00Z'], missed})
  const later = at('2026-11-22T02:30:00Z')
  t.strictSame(texts(dueNow(job, later)), {fire: [], missed})
  t.strictSame(texts(dueNow({...job, catchUp: true}, later)), {fire: missed.slice(1), missed: missed.slice(0, 1)})
  t.strictSame(texts(dueNow({...job, settled: at('2026-11-22T02:00:00Z')}, later)), {fire: [], missed: []})
})

t.test('what is no recurrence or no zone is refused', async t => {
  t.throws(() => assertRecurrence({recurrence: 'often', zone: 'UTC'}), {code: 'input-invalid'})
  t.throws(() => assertRecurrence({recurrence: '0 2 * * *', zone: 'Paris'}), {code: 'input-invalid'})
})
