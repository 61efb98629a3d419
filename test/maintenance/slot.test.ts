import fc from 'fast-check'
import t from 'tap'
import type {Known} from '../../src/calendar/facts.ts'
import {leastActive, type Observed} from '../../src/maintenance/slot.ts'
import {at, ground} from '../calendar/ground.ts'

const environment = 'acme/production'
const known = (more: Partial<Known> = {}): Known => ({...ground(), environment, tenant: 'acme', ...more})
const quarter = 900_000

/** Three weeks in which people come at every quarter, but hardly on Thursdays from 03:00 to 04:00. */
const observed: Observed[] = Array.from({length: 3 * 7 * 96}, (_, n) => {
  const when = at('2026-09-28 00:00') + n * quarter
  const local = new Date(when + 2 * 3_600_000)
  const quiet = local.getUTCDay() === 4 && local.getUTCHours() === 3
  return {environment, quarter: when, requests: quiet ? 1 : 50}
})

const wanted = {
  change: 'configuration',
  minutes: 40,
  from: at('2026-11-05 09:00'),
  until: at('2026-11-26 09:00'),
} as const

t.test('the least active slot is found by the clocks of the tenant, also after they were changed (R163)', async t => {
  const slot = leastActive(wanted, [known()], observed)
  t.equal(slot?.at, at('2026-11-12 03:00'), 'three by the clocks in winter, as it was three in summer')
  t.equal(slot?.requests, 3)
  t.strictSame(leastActive(wanted, [known()], observed), slot, 'and again the same')
})

t.test('of equals the earliest, and nothing observed is said', async t => {
  t.match(leastActive(wanted, [known()], []), {at: at('2026-11-05 22:00'), requests: 0, observed: 0})
})

t.test('a slot must be allowed for every environment', async t => {
  const frozen = {
    id: 'f1',
    kind: 'customer',
    from: at('2026-11-01 00:00'),
    until: at('2026-11-15 00:00'),
    why: 'x',
  } as const
  const other = known({environment: 'bolt/production', tenant: 'bolt', freezes: [frozen]})
  t.equal(leastActive(wanted, [known(), other], observed)?.at, at('2026-11-19 03:00'))
  const always = {...frozen, until: at('2026-12-31 00:00')}
  t.equal(leastActive(wanted, [known({freezes: [always]})], observed), undefined)
})

t.test('no slot that is allowed has fewer requests', async t => {
  fc.assert(
    fc.property(fc.array(fc.integer({min: 0, max: 99}), {minLength: 672, maxLength: 672}), counts => {
      const week = counts.map((requests, n) => ({environment, quarter: at('2026-11-02 00:00') + n * quarter, requests}))
      const slot = leastActive({...wanted, minutes: 15, until: at('2026-11-12 09:00')}, [known()], week)
      const night = (n: number) => n % 96 < 24 || n % 96 >= 88 || (n >= 480 && n < 576)
      return slot?.requests === Math.min(...counts.filter((_, n) => night(n)))
    }),
    {numRuns: 50},
  )
  t.pass()
})
