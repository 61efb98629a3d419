import {mkdtempSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import t, {type Test} from 'tap'
import {Temporal} from 'temporal-polyfill'
import {checkChange} from '../../src/calendar/check.ts'
import {factsOf} from '../../src/calendar/facts.ts'
import {addFreeze, dropFreeze, listFreezes} from '../../src/calendar/freezing.ts'
import {mayStartBy} from '../../src/calendar/may-start.ts'
import {grantOverride, listOverrides, requestOverride, signedRequestOf} from '../../src/calendar/overriding.ts'
import type {Clock} from '../../src/clock.ts'
import {beginValidation, endValidation} from '../../src/ledger/calendar.ts'
import {putEvent} from '../../src/ledger/event.ts'
import {notices} from '../../src/ledger/notice.ts'
import {insertOperation, settleOperation} from '../../src/ledger/operation.ts'
import {addOperator} from '../../src/ledger/operator.ts'
import {signRequest} from '../../src/operator/sign.ts'
import {verifyRequest} from '../../src/operator/verify.ts'
import {newSshKey} from '../../src/secret/ssh-key.ts'
import {freshLedger, type TestLedger} from '../support/ledger.ts'
import {inService} from '../support/platform.ts'

t.setTimeout(300_000)

const at = (text: string) => Temporal.Instant.from(text)
const anchors = {holds: async () => true}
/** In the frozen weeks, a Tuesday at 22:00 in Paris. */
const frozen = at('2026-12-29T21:00:00Z')
/** A Saturday in November. */
const quiet = at('2026-11-21T13:00:00Z')
const production = 'acme/production'

function calendar(ledger: TestLedger) {
  return mayStartBy({
    ledger,
    verify: async (request, signature) => void (await verifyRequest({ledger, anchors}, request, signature)),
  })
}

/** Operators who sign as at a desk of their own. */
async function desk(t: Test, ledger: TestLedger, {name, role}: {name: string; role: 'cmc' | 'approver'}) {
  const home = mkdtempSync(join(tmpdir(), 'selfhelp-desk-'))
  t.teardown(() => rmSync(home, {recursive: true}))
  const key = newSshKey(name)
  const keyFile = join(home, 'key')
  writeFileSync(keyFile, key.privateKey.expose(), {mode: 0o600})
  await addOperator(ledger, {email: `${name}@cmc.test`, role, publicKey: key.publicKey})
  return (command: string, input: Record<string, unknown>, now: Temporal.Instant) => {
    const clock: Clock = {now: () => now, sleep: async () => {}}
    return signRequest({command, input, reason: 'CVE-2026-1234'}, {ledger, anchors, home, env: {}, clock, keyFile})
  }
}

t.test('the kernel is told what the calendar says of each environment, and when it would not', async t => {
  const ledger = await freshLedger(t)
  await inService(ledger)
  const mayStart = calendar(ledger)
  await t.rejects(mayStart('scale', [production], frozen), {
    code: 'calendar-refused',
    exit: 3,
    message: /gel annuelle/,
    facts: {nextAllowed: '2027-01-10T23:00:00.000Z'},
  })
  for (const change of ['provision', 'backup', 'security-fix'] as const) await mayStart(change, [production], frozen)
  await mayStart('scale', ['acme/qualification'], frozen)
  await mayStart('provision', ['nobody/production'], frozen)
  await t.rejects(mayStart('configuration', ['acme/qualification', production], quiet), {
    code: 'calendar-needs',
    exit: 3,
  })
})

t.test('an environment that is not in service yet is free', async t => {
  const ledger = await freshLedger(t)
  await inService(ledger)
  await ledger.all`update environment set phase = 'implementation'`
  await calendar(ledger)('configuration', [production], frozen)
})

t.test('an operation announced in time may start, and what it took counts in the month', async t => {
  const ledger = await freshLedger(t)
  await inService(ledger)
  const mayStart = calendar(ledger)
  const from = at('2026-11-24T22:00:00Z')
  const planned = {id: 'm1', plan: 'm1', environment: production, change: 'configuration', title: 'other TLS policy'}
  const when = {fromAt: from, untilAt: from.add({minutes: 40}), operator: 'ann@cmc.test', plannedAt: quiet}
  await insertOperation(ledger, {...planned, ...when, trial: {environment: 'acme/qualification'}})
  await t.rejects(mayStart('configuration', [production], from), {code: 'calendar-needs', message: /avis/})
  await announced(ledger, 'm1', at('2026-11-21T21:00:00Z'))
  await mayStart('configuration', [production], from)
  await t.rejects(mayStart('configuration', [production], from.add({minutes: 41})), {code: 'calendar-needs'})
  const month = async () =>
    (await checkChange(ledger, quiet, {environment: production, change: 'scale', at: from})).budget
  t.equal((await month()).used, 40, 'as announced')
  await settleOperation(ledger, {id: 'm1', state: 'done', at: from, closedSeconds: 60})
  t.strictSame(await month(), {month: '2026-11', used: 1, commitment: 120, most: 180}, 'as measured')
})

t.test('declared freezes hold until they end or are removed, the annual one cannot be', async t => {
  const ledger = await freshLedger(t)
  await inService(ledger)
  const span = {from: at('2026-11-20T00:00:00Z'), until: at('2026-11-23T00:00:00Z'), operator: 'ann@cmc.test'}
  const mayStart = calendar(ledger)
  await t.rejects(addFreeze(ledger, quiet, {...span, tenant: 'acme', why: 'x', by: 'nobody'}), {code: 'contact-unfit'})
  const late = {...span, until: at('2026-11-20T01:00:00Z')}
  await t.rejects(addFreeze(ledger, quiet, {...late, tenant: 'acme', why: 'x', by: 'jdoe'}), {code: 'input-invalid'})
  const own = await addFreeze(ledger, quiet, {...span, tenant: 'acme', why: 'closing', by: 'jdoe'})
  await t.rejects(mayStart('migration', [production], quiet), {code: 'calendar-refused', message: /closing/})
  const lock = await addFreeze(ledger, quiet, {...span, tenant: undefined, why: 'storage', by: undefined})
  const {items} = await listFreezes(ledger, quiet, {tenant: 'acme'})
  t.strictSame(new Set(items.map(({kind}) => kind)), new Set(['customer', 'vendor', 'annual']))
  await dropFreeze(ledger, quiet, own.id ?? '')
  await t.rejects(mayStart('migration', [production], quiet), {message: /storage/})
  await dropFreeze(ledger, quiet, lock.id ?? '')
  await t.rejects(mayStart('migration', [production], quiet), {code: 'calendar-needs'})
  await t.rejects(dropFreeze(ledger, quiet, 'annual'), {code: 'not-found', message: /R166/})
})

t.test('an override is two people, in time, and for what was signed', async t => {
  const ledger = await freshLedger(t)
  await inService(ledger)
  const [jane, joe, kim] = [
    await desk(t, ledger, {name: 'jane', role: 'approver'}),
    await desk(t, ledger, {name: 'joe', role: 'approver'}),
    await desk(t, ledger, {name: 'kim', role: 'cmc'}),
  ]
  const mayStart = calendar(ledger)
  const until = frozen.add({hours: 3}).toString()
  const request = async (id: string, now = frozen) => {
    const input = {id, environment: production, rule: 'freeze', change: 'scale', from: now.toString(), until}
    const signed = await jane('override request', input, now)
    return requestOverride(ledger, {now, signed, answerWithin: Temporal.Duration.from({hours: 1})})
  }
  const approve = async (id: string, by: typeof jane, now = frozen) => {
    const signed = await by('override approve', {id, request: await signedRequestOf(ledger, id)}, now)
    return grantOverride(ledger, {now, signed, id})
  }
  t.match(await request('o1'), {state: 'waiting', requester: 'jane@cmc.test'})
  const code = 'override-not-yours'
  await t.rejects(approve('o1', jane), {code, message: /asked for it/})
  await t.rejects(approve('o1', kim), {code, message: /no approver/})
  await t.rejects(mayStart('scale', [production], frozen), {code: 'calendar-refused'})
  t.match(await approve('o1', joe), {state: 'in force', approver: 'joe@cmc.test'})
  await t.rejects(approve('o1', joe), {code: 'override-final'})
  t.match(
    await notices(ledger, {limit: 9}),
    [{event: 'override/o1', kind: 'override-approved'}],
    'the customer is told once',
  )
  await t.rejects(
    mayStart('scale', [production], frozen),
    {code: 'calendar-needs', message: /^(?!.*gel)/},
    'the notice is left',
  )
  await t.rejects(mayStart('configuration', [production], frozen), {message: /gel/}, 'it is for scale only')
  await request('o2')
  const elsewhere = await joe('override approve', {id: 'o2', request: await signedRequestOf(ledger, 'o1')}, frozen)
  await t.rejects(grantOverride(ledger, {now: frozen, signed: elsewhere, id: 'o2'}), {
    message: /not what override o2 asks/,
  })
  const planned = {id: 'm1', plan: 'm1', environment: production, change: 'scale', title: 't', operator: 'x'}
  await insertOperation(ledger, {...planned, fromAt: frozen, untilAt: frozen.add({minutes: 5}), plannedAt: frozen})
  await announced(ledger, 'm1', quiet)
  await mayStart('scale', [production], frozen)
  await ledger.owner.all`update operator set role = 'cmc' where email = 'joe@cmc.test'`
  await t.rejects(mayStart('scale', [production], frozen), {code: 'signature-invalid'}, 'who approved may not any more')
  await ledger.owner.all`update operator set role = 'approver' where email = 'joe@cmc.test'`
  await t.rejects(approve('o2', joe, frozen.add({minutes: 61})), {code: 'override-final', message: /timed out/})
  t.match(
    (await listOverrides(ledger, frozen.add({hours: 2}))).items.find(({id}) => id === 'o2'),
    {state: 'timed out'},
  )
})

t.test('the database keeps two people apart whoever writes to it', async t => {
  const ledger = await freshLedger(t)
  await inService(ledger)
  for (const name of ['jane', 'joe'])
    await addOperator(ledger, {email: `${name}@cmc.test`, role: 'approver', publicKey: name})
  const insert = (approver: string | null) => ledger.all`
    insert into override (id, rule, environment, reason, from_at, until_at, requester, requested_at, answer_by, request,
      signature, approver, approved_at, approval, approval_signature)
    select 'o9', 'freeze', id, 'r', ${frozen}, ${frozen.add({hours: 1})}, 'jane@cmc.test', ${frozen}, ${frozen.add({hours: 1})},
      '{}', 's', ${approver}, ${approver === null ? null : frozen}, ${approver === null ? null : '{}'}, ${approver && 's'}
    from environment where name = 'production'`
  await t.rejects(insert('joe@cmc.test'), {code: '23001'}, 'none begins approved')
  await insert(null)
  const answer = (approver: string, when: Temporal.Instant) =>
    ledger.all`update override set approver = ${approver}, approved_at = ${when}, approval = '{}', approval_signature = 's'`
  await t.rejects(answer('jane@cmc.test', frozen), {code: '23514', message: /two_people/})
  await t.rejects(answer('joe@cmc.test', frozen.add({hours: 1})), {code: '23514', message: /answered_in_time/})
  await answer('joe@cmc.test', frozen)
  await t.rejects(answer('joe@cmc.test', frozen), {code: '23001'}, 'an answer is final')
  await t.rejects(ledger.all`update override set until_at = ${frozen.add({hours: 9})}`, {code: '42501'})
  await t.rejects(ledger.all`delete from override`, {code: '42501'})
  await t.rejects(ledger.all`delete from freeze_window`, {code: '42501'})
  const [facts] = await factsOf(ledger, {now: frozen}, [production])
  t.equal(facts?.overrides.length, 1)
  const forged = {...{id: 'm1', plan: 'm1', environment: production, change: 'scale', title: 't', operator: 'x'}}
  await insertOperation(ledger, {...forged, fromAt: frozen, untilAt: frozen.add({minutes: 5}), plannedAt: frozen})
  await announced(ledger, 'm1', quiet)
  await t.rejects(calendar(ledger)('scale', [production], frozen), {code: 'signature-invalid'})
})

t.test('what the customer validates and what has an open finding stays as it is', async t => {
  const ledger = await freshLedger(t)
  await inService(ledger)
  const mayStart = calendar(ledger)
  await beginValidation(ledger, {environment: 'acme/qualification', what: '0.2.0', since: quiet})
  await t.rejects(mayStart('restore', ['acme/qualification'], quiet), {code: 'calendar-refused', message: /0\.2\.0/})
  await mayStart('backup', ['acme/qualification'], quiet)
  await endValidation(ledger, 'acme/qualification')
  await mayStart('restore', ['acme/qualification'], quiet)
  const event = {
    kind: 'backup-late',
    subject: 'acme/qualification',
    tenant: 'acme',
    owner: undefined,
    remedy: 'x',
    detail: {},
  }
  await putEvent(ledger, event, quiet)
  await t.rejects(mayStart('configuration', ['acme/qualification'], quiet), {message: /backup-late/})
  await mayStart('incident-fix', ['acme/qualification'], quiet)
})

t.test('a contract that is stricter holds: other ranges, dates and lead times', async t => {
  const ledger = await freshLedger(t)
  await inService(ledger, {calendar: {noticeHours: 120, dates: ['FREQ=MONTHLY;BYDAY=3TU 22:00 4h']}})
  const check = (when: string) =>
    checkChange(ledger, quiet, {environment: production, change: 'scale', at: at(when), minutes: 30})
  const refused = await check('2026-11-28T22:00:00Z')
  t.match(refused, {verdict: 'refused', reasons: [{rule: 'range'}]})
  t.equal(refused.nextAllowed?.toString(), '2026-12-15T21:00:00Z', 'the third Tuesday')
  t.match(await check('2026-12-15T21:00:00Z'), {verdict: 'allowed', conditions: [{rule: 'notice', sentence: /120 h/}]})
})

/** As when the mail server had accepted the notice of an operation. */
async function announced(ledger: TestLedger, operation: string, when: Temporal.Instant): Promise<void> {
  await ledger.all`
    insert into notice (id, event, kind, tenant, operation, sequence, facts, created_at)
    values (${operation}, ${operation}, 'maintenance-planned', 'acme', ${operation}, 0, '{}', ${when})`
  await ledger.all`
    insert into delivery (notice, contact, name, email, locale, message_id, subject, body, html, state, next_at, accepted_at,
      changed_at)
    values (${operation}, 'jdoe', 'x', 'x', 'fr', ${operation}, '', '', '', 'accepted', ${when}, ${when}, ${when})`
}
