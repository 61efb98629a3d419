import fc from 'fast-check'
import t from 'tap'
import {allowed, gateObjections, nextOf, states, validDays, verbs, workingHours} from '../../src/migration/model.ts'

t.test('every state and verb has an answer, and nobody disturbs what is at work', async t => {
  for (const verb of verbs) t.ok(allowed[verb].length > 0, `${verb} can be done sometime`)
  for (const state of states.filter(each => /running|rolling-back$/.test(each)))
    for (const verb of verbs) t.notOk(allowed[verb].includes(state), `${verb} while ${state}`)
  for (const state of ['rolled-back', 'abandoned'] as const)
    for (const verb of verbs) t.notOk(allowed[verb].includes(state), `${verb} when ${state}`)
})

t.test('whatever waits says what to type next', async t => {
  const over = ['rolled-back', 'abandoned']
  for (const state of states) {
    const next = nextOf({id: 'g1', state, run: 'r1'})
    t.equal(next.length > 0, !over.includes(state), state)
  }
})

const day = 86_400_000
const validation = {
  ...{by: 'jdoe', email: 'jane@acme.test', at: '2026-11-20T10:00:00Z', build: 'b1', dataOf: '2026-11-18T10:00:00Z'},
  checklist: [{check: 'all', ok: true}],
}
const tried = {
  ...{run: 'r1', operator: 'ann@cmc.test', build: 'b1', dataOf: '2026-11-18T10:00:00Z', at: '2026-11-19T10:00:00Z'},
  seconds: {closed: 8},
}
const now = {build: 'b1', at: Date.parse('2026-11-21T10:00:00Z'), qualification: '0.2.0', version: '0.2.0'}

t.test('production is planned with a validation of exactly this build, on qualification, on data of now', async t => {
  const gate = (more: object, then: object = {}) =>
    gateObjections({validation, tried, ...more}, {...now, ...then}).join('; ')
  t.equal(gate({}), '')
  t.match(gate({validation: undefined}), /nobody/)
  t.match(gate({}, {build: 'b2'}), /another build/)
  t.match(gate({tried: {...tried, at: '2026-11-20T10:00:01Z'}}), /refreshed since/)
  t.match(gate({tried: {...tried, operator: 'jane@acme.test'}}), /ran it and validated it/)
  t.match(gate({}, {at: now.at + validDays * day}), /30 at most/)
  t.match(gate({}, {qualification: '0.1.0'}), /runs 0.1.0, not 0.2.0/)
})

t.test('working hours are those of Monday to Friday, 9 to 18', async t => {
  const utc = (instant: number) => instant
  const hours = (from: string, to: string) => workingHours(Date.parse(from), Date.parse(to), utc)
  t.equal(hours('2026-11-20T16:30:00Z', '2026-11-23T10:00:00Z'), 2.5, 'over a weekend')
  t.equal(hours('2026-11-21T10:00:00Z', '2026-11-22T10:00:00Z'), 0)
  t.equal(hours('2026-11-16T00:00:00Z', '2026-11-21T00:00:00Z'), 45)
  fc.assert(
    fc.property(
      fc.integer({min: 0, max: 40 * day}),
      fc.integer({min: 0, max: 20 * day}),
      fc.nat(20 * day),
      (at, a, b) => {
        const [first, all] = [workingHours(at, at + a, utc), workingHours(at, at + a + b, utc)]
        return first >= 0 && all >= first
      },
    ),
  )
})
