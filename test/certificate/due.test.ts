import t from 'tap'
import {Temporal} from 'temporal-polyfill'
import {dueAt, nextTry, renewalAt, urgencyOf} from '../../src/certificate/due.ts'

const begin = Temporal.Instant.from('2026-11-22T00:00:00Z')
const after = (days: number) => begin.add({hours: 24 * days})
const life = (days: number, hostname = 'acme.ezvsaas.test') => ({
  hostname,
  notBefore: begin,
  notAfter: after(days),
  failures: 0,
  triedAt: undefined,
  askNotBefore: undefined,
})
const daysLeft = (days: number, hostname?: string) => {
  const one = life(days, hostname)
  return (one.notAfter.epochMilliseconds - renewalAt(one).epochMilliseconds) / 86_400_000
}

t.test(
  'renewal begins when a third of the lifetime is left, or a fifth of that earlier, whatever the lifetime is',
  async t => {
    for (const days of [7, 47, 90, 100, 200, 398]) {
      t.ok(daysLeft(days) >= days / 3, `${days} days: not later`)
      t.ok(daysLeft(days) <= (days / 3) * 1.2, `${days} days: not much earlier`)
    }
  },
)

t.test('2,000 names issued in one moment are not renewed in one hour', async t => {
  const hours = Map.groupBy(
    Array.from({length: 2000}, (_, n) => renewalAt(life(47, `tenant-${n}.ezvsaas.test`))),
    at => Math.floor(at.epochMilliseconds / 3_600_000),
  )
  const most = Math.max(...[...hours.values()].map(({length}) => length))
  t.ok(hours.size > 70, `spread over ${hours.size} hours`)
  t.ok(most < 60, `at most ${most} in an hour`)
})

t.test('a name has the same instant each time it is asked', async t => {
  t.equal(String(renewalAt(life(90))), String(renewalAt(life(90))))
})

t.test('a failure is tried again later and later, at most once a day', async t => {
  const minutes = [1, 2, 3, 4, 8, 20].map(failures => {
    const next = nextTry({failures, triedAt: begin})
    return next && (next.epochMilliseconds - begin.epochMilliseconds) / 60_000
  })
  t.same(minutes, [15, 30, 60, 120, 1440, 1440])
})

t.test('an authority that named an instant is not asked before', async t => {
  const due = {...life(90), askNotBefore: after(80)}
  t.notOk(dueAt(due, after(79)))
  t.ok(dueAt(due, after(80)))
  t.notOk(dueAt({...life(90), failures: 1, triedAt: after(70)}, after(70).add({minutes: 14})))
  t.ok(dueAt({...life(90), failures: 1, triedAt: after(70)}, after(70).add({minutes: 15})))
})

t.test('it is told at a half, a quarter and an eighth of what was left', async t => {
  const told = [61, 74, 76, 82.4, 82.6, 86.2, 86.3, 90].map(day =>
    urgencyOf(life(90), after(0).add({minutes: Math.round(day * 1440)})),
  )
  t.same(told, [undefined, undefined, 'half', 'half', 'quarter', 'quarter', 'eighth', 'ended'])
})
