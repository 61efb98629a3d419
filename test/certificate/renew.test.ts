import t from 'tap'
import {Temporal} from 'temporal-polyfill'
import {retryAt} from '../../src/certificate/acme-trouble.ts'
import {endingFindings} from '../../src/certificate/renew.ts'
import type {RenewalRow} from '../../src/ledger/renewal.ts'

const at = (day: number) => Temporal.Instant.from('2026-11-22T00:00:00Z').add({hours: 24 * day})
const row = (more: Partial<RenewalRow> = {}): RenewalRow => ({
  hostname: 'help.acme.example',
  tenant: 'acme',
  id: 'eabcde2',
  environment: 'acme/production',
  source: 'acme',
  fingerprint: 'f',
  notBefore: at(0),
  notAfter: at(90),
  failures: 0,
  triedAt: undefined,
  askNotBefore: undefined,
  lastError: undefined,
  partial: false,
  ...more,
})

t.test('a certificate of ours that is not due is nobody’s concern', async t => {
  t.same(endingFindings(row(), at(30)), [])
  t.same(endingFindings(row({failures: 2}), at(65)), [], 'nor one whose renewal failed while there is time')
})

t.test('one whose renewal fails is a finding, more urgent as time goes', async t => {
  const urgency = (day: number) => endingFindings(row({failures: 3, lastError: 'refused'}), at(day))[0]?.detail?.urgency
  t.same([76, 84, 88, 91].map(urgency), ['half', 'quarter', 'eighth', 'ended'])
  t.match(endingFindings(row({failures: 3}), at(76)), [
    {
      kind: 'certificate-renewal-failing',
      subject: 'help.acme.example',
      remedy: /selfhelp certificate renew acme\/production/,
    },
  ])
})

t.test("a customer's certificate is asked for while there is time to answer, and never renewed by us", async t => {
  t.same(endingFindings(row({source: 'customer'}), at(40)), [])
  t.match(endingFindings(row({source: 'customer'}), at(66)), [
    {kind: 'certificate-ends-soon', remedy: /Ask the customer.*certificate install/},
  ])
})

t.test('when an authority says later, seconds and dates are understood, and silence is an hour', async t => {
  const now = Temporal.Instant.from('2026-11-22T10:00:00Z')
  t.equal(String(retryAt('120', now)), '2026-11-22T10:02:00Z')
  t.equal(String(retryAt('Sun, 22 Nov 2026 12:00:00 GMT', now)), '2026-11-22T12:00:00Z')
  t.equal(String(retryAt('', now)), '2026-11-22T11:00:00Z')
})
