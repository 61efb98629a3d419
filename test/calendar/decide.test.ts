import fc from 'fast-check'
import t from 'tap'
import {mayRun, nextAllowed} from '../../src/calendar/decide.ts'
import {changeTypes, contractLimits, type LedgerFacts, tightened} from '../../src/calendar/model.ts'
import {weekOf} from '../../src/calendar/range.ts'
import {zones} from '../../src/calendar/zone.ts'
import {asked, at, ground, operation} from './ground.ts'

const hour = 3_600_000
const rulesAgainst = (given: ReturnType<typeof asked>, facts: LedgerFacts) =>
  mayRun(given, facts).reasons.map(({rule}) => rule)

t.test('in the freeze production takes provisioning, backups and fixes, and nothing else (R167)', async t => {
  const allowed = changeTypes.filter(
    change => !rulesAgainst(asked(change, '2026-12-29 23:00'), ground()).includes('freeze'),
  )
  t.strictSame(allowed, changeTypes.slice(0, 8))
  t.strictSame(rulesAgainst(asked('configuration', '2026-12-27 23:00'), ground()), [], 'the night before it is free')
  t.strictSame(rulesAgainst(asked('configuration', '2027-01-11 00:00'), ground()), [], 'and the minute after it')
})

t.test('a refusal names its rule, its source and the end, in the language and zone of the tenant', async t => {
  const decision = mayRun(asked('configuration', '2026-12-29 23:00'), ground({locale: 'fr'}))
  t.match(decision, {verdict: 'refused', reasons: [{rule: 'freeze', source: 'R166, R167'}]})
  t.match(decision.reasons[0]?.sentence, /gel annuelle.*lundi 11 janvier 2027 à 00:00 \(Europe\/Paris\)/)
  t.equal(decision.nextAllowed?.toString(), '2027-01-10T23:00:00Z')
  t.match(decision.conditions, [{rule: 'notice'}], 'the notice can still be sent and does not change the verdict')
})

t.test('three fixes per freeze and environment, the fourth needs an override', async t => {
  const fixes = ['2026-12-28 10:00', '2026-12-30 10:00', '2027-01-02 10:00'].map(at)
  const fourth = asked('security-fix', '2027-01-03 10:00')
  t.strictSame(rulesAgainst(fourth, ground({fixes: fixes.slice(1)})), [])
  t.strictSame(rulesAgainst(fourth, ground({fixes})), ['freeze'])
  t.strictSame(
    rulesAgainst(fourth, ground({fixes: [at('2026-01-02 10:00'), ...fixes.slice(1)]})),
    [],
    'of another year',
  )
  const override = {from: at('2027-01-02 00:00'), until: at('2027-01-04 00:00'), requester: 'a', approver: 'b'}
  const decision = mayRun(fourth, ground({fixes, overrides: [{id: 'o1', rule: 'freeze', ...override}]}))
  t.match(decision, {verdict: 'allowed', overrides: ['o1']})
})

t.test('customers and the CMC declare freezes of their own', async t => {
  const span = {from: at('2026-11-20 00:00'), until: at('2026-11-26 12:00'), why: 'black friday'}
  for (const kind of ['customer', 'vendor'] as const) {
    const facts = ground({freezes: [{id: 'f1', kind, ...span}]})
    t.match(mayRun(asked('scale', '2026-11-24 23:00'), facts), {verdict: 'refused', reasons: [{rule: 'freeze'}]})
    t.equal(mayRun(asked('scale', '2026-11-24 23:00'), facts).nextAllowed?.toString(), '2026-11-26T21:00:00Z', '22:00')
    t.equal(mayRun(asked('backup', '2026-11-24 23:00'), facts).verdict, 'allowed')
  }
})

t.test('maintenance is at night or on Saturday, from its begin to its end (R164)', async t => {
  const refused = (local: string, minutes: number) =>
    rulesAgainst(asked('configuration', local, {minutes}), ground()).includes('range')
  t.ok(refused('2026-11-17 14:00', 40), 'a Tuesday afternoon')
  t.notOk(refused('2026-11-17 22:00', 40))
  t.notOk(refused('2026-11-21 14:00', 40), 'a Saturday')
  t.ok(refused('2026-11-17 05:30', 40), 'its end is in the day')
  t.notOk(refused('2026-11-22 05:00', 60), 'Sunday to six')
})

t.test('Non-production is never frozen, closed or announced, but left alone while it is validated', async t => {
  const facts = ground({production: false, trials: []})
  for (const change of changeTypes) t.equal(mayRun(asked(change, '2026-12-29 14:00'), facts).verdict, 'allowed')
  const validation = {since: at('2026-11-01 10:00'), what: '0.2.0'}
  t.strictSame(rulesAgainst(asked('restore', '2026-12-29 14:00'), {...facts, validation}), ['validation'])
  t.equal(mayRun(asked('restore', '2026-12-29 14:00'), {...facts, validation}).nextAllowed, undefined)
})

t.test('a notice is accepted 72 hours ahead, or there is time for it', async t => {
  const night = (now: string, more: Partial<LedgerFacts> = {}) =>
    mayRun(asked('configuration', '2026-11-24 23:00'), ground({now: at(now), ...more}))
  t.match(night('2026-11-21 23:00'), {verdict: 'allowed', conditions: [{rule: 'notice'}]})
  const late = night('2026-11-21 23:01')
  t.match(late, {verdict: 'needs', reasons: [{rule: 'notice', from: /maintenance plan/}]})
  t.equal(late.nextAllowed?.toString(), '2026-11-24T22:01:00Z', '72 hours from now')
  const planned = operation('2026-11-24 22:30', '2026-11-24 23:30')
  const now = '2026-11-24 23:00'
  t.equal(night(now, {operations: [planned]}).verdict, 'allowed', 'at the start of what was announced')
  t.strictSame(night(now, {operations: [{...planned, noticeAcceptedAt: undefined}]}).verdict, 'needs')
  t.strictSame(night(now, {operations: [{...planned, noticeAcceptedAt: planned.from - 71 * hour}]}).verdict, 'needs')
  t.equal(night(now).verdict, 'needs', 'nothing was planned')
})

t.test('more than two hours in a month needs two people, more than three is refused (C1)', async t => {
  const done = operation('2026-11-03 22:00', '2026-11-04 00:00', {id: 'm0', state: 'done', closedMinutes: 90})
  const other = operation('2026-11-10 22:00', '2026-11-10 22:20', {id: 'm2'})
  const facts = ground({operations: [done, other]})
  const night = (minutes: number, more = facts) => mayRun(asked('configuration', '2026-11-17 22:00', {minutes}), more)
  t.equal(night(10).verdict, 'allowed', '90 measured and 20 announced and 10 are two hours')
  t.match(night(11), {verdict: 'needs', reasons: [{rule: 'budget', sentence: /2 h promised/}]})
  t.equal(night(11).nextAllowed?.toString(), '2026-11-30T23:00:00Z', 'next month begins at midnight in Paris')
  t.match(night(71), {verdict: 'refused', reasons: [{rule: 'budget'}]})
  const granted = {
    id: 'o1',
    rule: 'budget',
    from: 0,
    until: at('2027-01-01 00:00'),
    requester: 'a',
    approver: 'b',
  } as const
  t.match(night(11, {...facts, overrides: [granted]}), {verdict: 'allowed', overrides: ['o1']})
  t.match(night(71, {...facts, overrides: [granted]}).verdict, 'refused', 'which nobody can override')
  t.equal(mayRun(asked('incident-fix', '2026-11-17 12:00', {minutes: 300}), facts).verdict, 'allowed')
})

t.test('an own operation is not counted twice, and one over the end of a month in each with its part', async t => {
  const own = operation('2026-11-17 22:00', '2026-11-18 00:00', {trial: 'acme/qualification'})
  t.equal(mayRun(asked('configuration', '2026-11-17 22:00'), ground({operations: [own]})).verdict, 'allowed')
  const before = operation('2026-11-03 22:00', '2026-11-03 23:30', {id: 'm0', state: 'done'})
  const over = asked('configuration', '2026-11-30 23:30', {minutes: 120})
  t.equal(mayRun(over, ground({operations: [before]})).verdict, 'allowed', '30 in November, 90 in December')
})

t.test('a migration of production needs the slot the customer agreed', async t => {
  const slot = operation('2026-11-18 14:00', '2026-11-18 17:00', {change: 'migration'})
  const at14 = asked('migration', '2026-11-18 14:00')
  t.match(mayRun(at14, ground({operations: [slot]})), {verdict: 'needs', reasons: [{rule: 'slot'}]})
  t.equal(mayRun(at14, ground({operations: [{...slot, agreedBy: 'jdoe'}]})).verdict, 'allowed')
  const later = asked('migration', '2026-11-18 17:00')
  t.equal(mayRun(later, ground({operations: [{...slot, agreedBy: 'jdoe'}]})).verdict, 'needs', 'the slot is over')
})

t.test('what was tried nowhere, an open finding and another operation are said', async t => {
  const night = asked('os-patch', '2026-11-17 22:00')
  t.match(mayRun(night, ground()), {verdict: 'allowed', conditions: [{rule: 'notice'}, {rule: 'trial'}]})
  const start = ground({
    now: night.at,
    operations: [operation('2026-11-17 22:00', '2026-11-17 22:30', {change: 'os-patch'})],
  })
  t.strictSame(rulesAgainst(night, start), ['trial'], 'at the start it must have been')
  t.strictSame(rulesAgainst(night, ground({events: [{kind: 'backup-late', subject: 'acme/production'}]})), ['event'])
  const other = operation('2026-11-17 21:50', '2026-11-17 22:10', {id: 'm7', change: 'scale'})
  const overlapping = mayRun(night, ground({operations: [other]}))
  t.match(overlapping, {verdict: 'refused', reasons: [{rule: 'overlap', sentence: /m7/}]})
  t.equal(overlapping.nextAllowed?.toString(), '2026-11-17T21:10:00Z')
})

t.test('contract and site make limits stricter, never looser', async t => {
  const loose = {leadMinutes: 1, commitmentMinutes: 999, mostMinutes: 999, fixesPerFreeze: 9, ranges: []}
  t.strictSame(tightened(contractLimits, loose), contractLimits)
  const always = [{days: [1, 2, 3, 4, 5, 6, 7], from: '00:00', until: '24:00'}]
  t.strictSame(weekOf(tightened(contractLimits, {ranges: [always]}).ranges), weekOf(contractLimits.ranges))
  const sunday = [{days: [7], from: '00:00', until: '04:00'}]
  const week = weekOf(tightened(contractLimits, {ranges: [sunday]}).ranges)
  const decision = mayRun(asked('scale', '2026-11-17 22:00', {minutes: 60}), ground({week}))
  t.equal(decision.nextAllowed?.toString(), '2026-11-21T23:00:00Z')
})

t.test('what comes next is allowed then, in every zone, for thirty years', async t => {
  const zone = zones()
  const names = Intl.supportedValuesOf('timeZone')
  const facts = fc.record({
    zone: fc.constantFrom(...names).map(zone),
    now: fc.integer({min: Date.UTC(2026, 0, 1), max: Date.UTC(2056, 0, 1)}),
  })
  fc.assert(
    fc.property(facts, fc.constantFrom(...changeTypes), fc.integer({min: 0, max: 170}), (more, change, minutes) => {
      const known = ground({...more, trials: [], limits: {...contractLimits, commitmentMinutes: 180}})
      const ask = {change, environment: 'acme/production', at: more.now, minutes}
      const next = nextAllowed([ask], [known])
      if (change === 'migration') return next === undefined
      const tried = {...known, trials: [{change, environment: 'acme/qualification', at: 0}]}
      const later = nextAllowed([ask], [tried]) ?? 0
      return later >= more.now && mayRun({...ask, at: later}, tried).verdict === 'allowed'
    }),
    {numRuns: 1000},
  )
  t.pass()
})
