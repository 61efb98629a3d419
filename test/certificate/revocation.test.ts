// A local authority with a responder and a list, over real http.
import {once} from 'node:events'
import {createServer} from 'node:http'
import {buffer} from 'node:stream/consumers'
import {AsnConvert} from '@peculiar/asn1-schema'
import {AlgorithmIdentifier, CertificateList, RevokedCertificate, TBSCertList, Time} from '@peculiar/asn1-x509'
import t from 'tap'
import {Temporal} from 'temporal-polyfill'
import {askOverHttp} from '../../src/certificate/ask.ts'
import {revocation} from '../../src/certificate/revocation.ts'
import {algorithmOf, certify, type Made, named, newKey, type Signer, signedBytes} from '../support/hierarchy.ts'
import {type Word, wordOf} from '../support/responder.ts'

const at = Temporal.Instant.from('2026-11-22T12:00:00Z')
const day = (days: number) => new Date(at.epochMilliseconds + days * 86_400_000)

interface Saying extends Word {
  readonly status?: number
  readonly broken?: boolean
}

const root = certify({authority: true, subject: 'Root', days: 3650}, {key: newKey.p256(), at})
const delegated = certify(
  {subject: 'Responder', purposes: ['1.3.6.1.5.5.7.3.9'], names: []},
  {key: newKey.p256(), at, by: root},
)
const wrongDelegate = certify({subject: 'Shop', names: []}, {key: newKey.p256(), at, by: root})
const stranger: Signer = {subject: 'Root', key: newKey.p256()}

function list(about: Made, {revoked, by = root, from = day(-1), until = day(1)}: Saying): Buffer {
  const signatureAlgorithm = new AlgorithmIdentifier(algorithmOf(by.key, 'sha256'))
  const entry = new RevokedCertificate({userCertificate: about.serial, revocationDate: new Time(day(-3))})
  const tbsCertList = new TBSCertList({
    ...{version: 1, signature: signatureAlgorithm, issuer: named(by.subject)},
    ...{thisUpdate: new Time(from), nextUpdate: new Time(until)},
    ...(revoked ? {revokedCertificates: [entry]} : {}),
  })
  const signature = signedBytes(by.key, 'sha256', AsnConvert.serialize(tbsCertList))
  return Buffer.from(AsnConvert.serialize(new CertificateList({tbsCertList, signatureAlgorithm, signature})))
}

/** What is found about a certificate whose authority says so; undefined where it names no such place. */
async function asked(saying: {ocsp?: Saying; crl?: Saying}): Promise<readonly string[]> {
  let leaf: Made | undefined
  const server = createServer(async (question, answer) => {
    const said = question.url === '/ocsp' ? saying.ocsp : saying.crl
    const bytes = await buffer(question)
    if (!said || !leaf || said.status) return answer.writeHead(said?.status ?? 404).end()
    const whole =
      question.url === '/ocsp' ? wordOf(bytes, {by: root, from: day(-1), until: day(1), ...said}) : list(leaf, said)
    return answer.end(said.broken ? whole.subarray(0, 40) : whole)
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const base = `http://127.0.0.1:${(server.address() as {port: number}).port}`
  const places = {...(saying.ocsp ? {ocsp: `${base}/ocsp`} : {}), ...(saying.crl ? {crl: `${base}/crl`} : {})}
  leaf = certify(places, {key: newKey.p256(), at, by: root})
  const findings = await revocation({way: [leaf.pem, root.pem]}, at, askOverHttp({also: ['127.0.0.0/8']}))
  server.close()
  return findings.map(({rule, severity}) => `${rule} ${severity}`)
}

const cases: readonly (readonly [string, {ocsp?: Saying; crl?: Saying}, readonly string[]])[] = [
  ['a responder says it is good', {ocsp: {}}, []],
  ['a responder says it was revoked', {ocsp: {revoked: true}}, ['revoked refused']],
  ['whom the issuer certified for it answers', {ocsp: {by: delegated, with: delegated}}, []],
  [
    'whom the issuer certified for something else answers',
    {ocsp: {by: wrongDelegate, with: wrongDelegate}},
    ['revocation-unknown refused'],
  ],
  ['somebody else answers', {ocsp: {by: stranger}}, ['revocation-unknown refused']],
  ['the answer is old', {ocsp: {from: day(-9), until: day(-2)}}, ['revocation-unknown refused']],
  ['the answer is of tomorrow', {ocsp: {from: day(1), until: day(2)}}, ['revocation-unknown refused']],
  ['the answer is cut off', {ocsp: {broken: true}}, ['revocation-unknown refused']],
  ['the responder is out of order', {ocsp: {status: 503}}, ['revocation-unknown refused']],
  ['the responder is out of order, and the list says it is good', {ocsp: {status: 503}, crl: {}}, []],
  [
    'the responder is out of order, and the list says it was revoked',
    {ocsp: {status: 503}, crl: {revoked: true}},
    ['revoked refused'],
  ],
  ['a list says it is good', {crl: {}}, []],
  ['a list says it was revoked', {crl: {revoked: true}}, ['revoked refused']],
  ['somebody else signed the list', {crl: {by: stranger}}, ['revocation-unknown refused']],
  ['the list is old', {crl: {from: day(-30), until: day(-20)}}, ['revocation-unknown refused']],
  ['nobody can be asked', {}, ['revocation-unknown noted']],
]

for (const [title, saying, expected] of cases) {
  t.test(title, async t => t.same(await asked(saying), expected))
}

t.test('a responder that is not there is a finding of its own, not a pass', async t => {
  const leaf = certify({ocsp: 'http://127.0.0.1:9/'}, {key: newKey.p256(), at, by: root})
  const [finding] = await revocation({way: [leaf.pem, root.pem]}, at, askOverHttp({also: ['127.0.0.0/8']}))
  t.match(finding, {rule: 'revocation-unknown', severity: 'refused', sentence: /127\.0\.0\.1:9/})
  const [alone] = await revocation({way: [leaf.pem]}, at, askOverHttp({also: ['127.0.0.0/8']}))
  t.match(alone, {rule: 'revocation-unknown', severity: 'refused'})
})
