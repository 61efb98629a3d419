import t from 'tap'
import {Temporal} from 'temporal-polyfill'
import {renewalAt} from '../../src/certificate/due.ts'
import {certificateCalendar} from '../../src/certificate/ics.ts'
import {listCertificates, showCertificate} from '../../src/certificate/list.ts'
import type {Patient} from '../../src/doctor/model.ts'
import {certificates} from '../../src/doctor/promises.ts'
import {insertCertificate, otherTenantWithKey} from '../../src/ledger/certificate.ts'
import {insertEvidence, latestEvidence} from '../../src/ledger/evidence.ts'
import {certify, newKey} from '../support/hierarchy.ts'
import {freshLedger, type TestLedger} from '../support/ledger.ts'

const at = Temporal.Instant.from('2026-11-22T12:00:00Z')
const clock = {now: () => at, sleep: async () => {}}

/** Two tenants with an environment each. */
async function twoTenants(ledger: TestLedger): Promise<void> {
  for (const [tenant, id] of [
    ['acme', 'eacme22'],
    ['globex', 'eglobe2'],
  ] as const) {
    await ledger.owner.all`
      insert into tenant (name, legal_name, locale, time_zone, contract)
      values (${tenant}, ${tenant}, 'fr', 'Europe/Paris', '{}')`
    await ledger.owner.all`
      insert into environment (id, tenant, name, phase, version, topology)
      values (${id}, ${tenant}, 'production', 'production', '0.1.0', 'single')`
    await ledger.owner
      .all`insert into hostname (name, environment, face) values (${`${tenant}.test`}, ${id}, 'presentation')`
  }
}

/** As the renewal itself will judge. */
const due = (hostname: string, days: number): string =>
  `${renewalAt({hostname, notBefore: at, notAfter: at.add({hours: 24 * days})})}`

t.test('the newest certificate of each name is listed, with the day its renewal is due', async t => {
  const ledger = await freshLedger(t)
  await twoTenants(ledger)
  const key = newKey.p256()
  const root = certify({authority: true, subject: 'Root'}, {key: newKey.p256(), at})
  for (const [hostname, days] of [
    ['acme.test', 90],
    ['acme.test', 60],
    ['globex.test', 20],
  ] as const) {
    const {pem} = certify({names: [hostname], days}, {key, at, by: root})
    await insertCertificate(ledger, {
      ...{hostname, chain: pem, keySecret: 'k', fingerprint: `${hostname}${days}`, issuer: 'Root'},
      ...{notBefore: at, notAfter: at.add({hours: 24 * days}), derogation: undefined},
    })
  }
  const {items, next} = await listCertificates({ledger, clock}, {limit: 10})
  t.equal(next, undefined)
  const first = await listCertificates({ledger, clock}, {limit: 1})
  t.match(first, {items: [{hostname: 'globex.test'}], next: 'globex.test'})
  t.match(await listCertificates({ledger, clock}, {limit: 1, after: first.next}), {items: [{hostname: 'acme.test'}]})
  t.same(
    items.map(({hostname, environment, notAfter, renewalDue}) => [
      hostname,
      environment,
      `${notAfter}`,
      `${renewalDue}`,
    ]),
    [
      ['globex.test', 'globex/production', '2026-12-12T12:00:00Z', due('globex.test', 20)],
      ['acme.test', 'acme/production', '2027-01-21T12:00:00Z', due('acme.test', 60)],
    ],
  )
  const soon = await listCertificates({ledger, clock}, {limit: 10, expiring: Temporal.Duration.from({hours: 24 * 30})})
  t.same(
    soon.items.map(({hostname}) => hostname),
    ['globex.test'],
  )
  const looked = await certificates.run({ledger, clock} as unknown as Patient)
  t.same(
    looked.map(({subject, state, found}) => [subject, state, found]),
    [
      ['acme.test', 'fine', '60 days left'],
      ['globex.test', 'warning', '20 days left'],
    ],
    'the doctor warns below thirty days',
  )
  const shown = await showCertificate(ledger, 'acme.test')
  t.same([shown.names, shown.key, shown.earlier.length, shown.chain.length], [['acme.test'], 'P-256', 1, 1])
  await t.rejects(showCertificate(ledger, 'nobody.test'), {code: 'not-found'})
  const keyFingerprint =
    (await ledger.one<{print: string}>`select key_fingerprint as print from certificate limit 1`)?.print ?? ''
  t.equal(await otherTenantWithKey(ledger, {keyFingerprint, besides: 'acme'}), 'globex')
  t.equal(await otherTenantWithKey(ledger, {keyFingerprint: 'ff', besides: 'acme'}), undefined)
  const calendar = certificateCalendar(items, at)
  t.equal(calendar.match(/BEGIN:VEVENT/g)?.length, 4)
  t.match(calendar, 'DTSTART:20261212T120000Z')
  t.ok(calendar.split('\r\n').every(line => Buffer.byteLength(line) <= 75))
})

t.test('a proof is kept as it was, the latest of each kind and subject is found', async t => {
  const ledger = await freshLedger(t)
  await twoTenants(ledger)
  const proof = {
    kind: 'tls-scan',
    environment: 'eacme22',
    subject: 'acme.test at edge-1',
    tool: 'selfhelp',
    version: '0.1.0',
  }
  await insertEvidence(ledger, {...proof, at, passed: false, body: {protocols: ['SSLv3']}})
  await insertEvidence(ledger, {...proof, at: at.add({hours: 1}), passed: true, body: {protocols: ['TLSv1.3']}})
  const found = await latestEvidence(ledger, 'eacme22')
  t.same(
    found.map(({passed, body}) => [passed, body]),
    [[true, {protocols: ['TLSv1.3']}]],
  )
  await t.rejects(ledger.all`update evidence set passed = true`, {code: '42501'})
})
