// A deliberately weak server (GnuTLS, as Debian has it), recorded answers for what it cannot be made to offer, and a strong one.
// A recording says in `recorded` what was asked: OpenJDK 17 with its list of forbidden algorithms taken away still speaks SSLv3,
// RC4, EXPORT, DES, NULL and anonymous suites; it is too large for every test machine, so its ServerHellos were kept, byte by
// byte. What no server of Debian 12 offers (SSLv2, EXPORT1024, RC2, IDEA, Kerberos) was written from its specification.
import {once} from 'node:events'
import {readFileSync} from 'node:fs'
import {createServer as createHttp} from 'node:http'
import {createServer} from 'node:net'
import {join} from 'node:path'
import {createServer as createTls} from 'node:tls'
import t from 'tap'
import {Temporal} from 'temporal-polyfill'
import {dialBy} from '../../src/probe/dial.ts'
import {packageRoot} from '../../src/root.ts'
import {judgeScan} from '../../src/tls/judge.ts'
import {haproxyTls, policies} from '../../src/tls/policy.ts'
import {forbiddenBy, oldSuites, suites} from '../../src/tls/registry.ts'
import {scan} from '../../src/tls/scan.ts'
import {certify, newKey} from '../support/hierarchy.ts'
import {hasGnutls, at as listening, recordedServer, weakServer} from './server.ts'

const now = Temporal.Instant.from('2026-11-22T12:00:00Z')
const name = 'help.acme.example'
const {dial, close} = dialBy('here', argv => argv)
t.teardown(close)

interface Recorded {
  readonly title: string
  readonly protocol: string
  readonly code?: string
  readonly bytes: string
  readonly rules: readonly string[]
  readonly suite: string
  /** The server it was recorded from, or why it was written. */
  readonly recorded: string
}

t.test('a weak server is found out in everything it offers', {skip: hasGnutls ? false : 'no gnutls-serv'}, async t => {
  const root = certify({authority: true, subject: 'Root'}, {key: newKey.p256(), at: now})
  const target = await weakServer(t, name, certify({keyUsage: 5}, {key: newKey.rsa(), at: now, by: root}))
  const found = await scan(dial, target, now)
  t.same(found.protocols, ['TLSv1.0', 'TLSv1.1', 'TLSv1.2'])
  const offered = new Set(found.suites.map(suite => suite.name))
  for (const suite of [
    'TLS_RSA_WITH_RC4_128_MD5',
    'TLS_RSA_WITH_3DES_EDE_CBC_SHA',
    'TLS_RSA_WITH_NULL_MD5',
    'TLS_DH_anon_WITH_AES_128_CBC_SHA',
    'TLS_ECDH_anon_WITH_RC4_128_SHA',
    'TLS_RSA_WITH_AES_128_CBC_SHA',
  ]) {
    t.ok(offered.has(suite), suite)
  }
  const rules = new Set(judgeScan(found, policies.intermediate).map(({rule}) => rule))
  t.same([...rules].toSorted(), [
    ...['R033', 'R034', 'R035', 'R036', 'hsts', 'http2', 'policy-intermediate', 'strict-sni'],
  ])
  t.equal(found.chain.length, 1)
})

const recorded: Recorded[] = JSON.parse(readFileSync(join(packageRoot(), 'test/case/tls/recorded.json'), 'utf8'))
t.test('each recorded answer says where it is from, and most are real', async t => {
  for (const {title, recorded: from} of recorded) t.match(from, /^OpenJDK |^the specification: /, title)
  t.ok(recorded.filter(({recorded: from}) => from.startsWith('OpenJDK')).length >= 8)
})

for (const each of recorded) {
  t.test(`recorded: ${each.title}`, async t => {
    const found = await scan(dial, await recordedServer(t, each), now)
    t.same(found.protocols, [each.protocol])
    t.ok(found.suites.some(suite => suite.name === each.suite))
    const rules = [...new Set(judgeScan(found, policies.intermediate).map(({rule}) => rule))]
    t.same(rules.filter(rule => /^R03/.test(rule)).toSorted(), each.rules)
  })
}

t.test('a strong server offers what the policy says, and nothing else', async t => {
  const key = newKey.p256()
  const root = certify({authority: true, subject: 'Root'}, {key: newKey.p256(), at: now})
  const {pem} = certify({}, {key, at: now, by: root})
  const {ciphers, ciphersuites, curves} = haproxyTls(policies.intermediate)
  const server = createTls(
    {
      ...{key: key.export({type: 'pkcs8', format: 'pem'}), cert: pem, minVersion: 'TLSv1.2', ecdhCurve: curves},
      ...{ciphers: `${ciphersuites}:${ciphers}`, ALPNProtocols: ['h2', 'http/1.1']},
      SNICallback: (asked, done) => done(asked === name ? null : new Error('unknown')),
    },
    socket => {
      socket.on('error', () => {})
      socket.write('HTTP/1.1 200 OK\r\nStrict-Transport-Security: max-age=63072000\r\n\r\n')
    },
  )
  const http = createHttp((_, answer) => answer.writeHead(301, {location: `https://${name}/`}).end())
  await once(http.listen(0, '127.0.0.1'), 'listening')
  t.teardown(() => http.close())
  const target = {...(await listening(t, server)), httpPort: (http.address() as {port: number}).port}
  const found = await scan(dial, target, now)
  t.same(found.protocols, ['TLSv1.2', 'TLSv1.3'])
  t.same(found.suites.map(suite => suite.name).toSorted(), [
    'TLS_AES_128_GCM_SHA256',
    'TLS_AES_256_GCM_SHA384',
    'TLS_CHACHA20_POLY1305_SHA256',
    'TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256',
    'TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384',
    'TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256',
  ])
  t.same([...found.groups].toSorted(), ['X25519', 'prime256v1', 'secp384r1'])
  t.same(found.alpn, ['h2', 'http/1.1'])
  t.match(found.http, {status: 301, location: `https://${name}/`})
  const rest = judgeScan(found, policies.intermediate).map(({rule}) => rule)
  // Node gives a client without a name the certificate all the same.
  t.same(rest, ['strict-sni'])
  const older = judgeScan(found, policies.modern).filter(({rule}) => rule === 'policy-modern')
  t.equal(older.length, 4, 'for the modern policy TLS 1.2 and its three suites are too old')
})

t.test('http that answers with a page, or sends elsewhere, is no redirect to https', async t => {
  for (const [status, location] of [
    [200, undefined],
    [301, 'http://help.acme.example/'],
    [302, 'https://help.acme.example/'],
    [301, 'https://help.acme.example.evil.test/'],
  ] as const) {
    const scanned = {
      protocols: ['TLSv1.3'],
      suites: [],
      groups: [],
      alpn: ['h2'],
      strictSni: true,
      hsts: 'max-age=63072000',
    }
    const target = {name, address: '127.0.0.1', port: 443}
    const found = judgeScan(
      {...scanned, target, at: now, tookMs: 1, handshake: undefined, chain: [], http: {status, location}} as never,
      policies.intermediate,
    )
    t.same(
      found.map(({rule}) => rule),
      ['R009'],
    )
  }
})

t.test('a server that says nothing proves nothing', async t => {
  const silent = await listening(
    t,
    createServer(socket => {
      socket.on('error', () => {})
    }),
  )
  await t.rejects(scan(dial, silent, now), {code: 'handshake-failed', message: /without any answer/})
  const hangsUp = await listening(
    t,
    createServer(socket => socket.destroy()),
  )
  t.same(
    judgeScan(await scan(dial, hangsUp, now), policies.intermediate).map(({rule}) => rule),
    ['R026'],
  )
})

t.test('the registry is whole, and every suite of a forbidden kind is forbidden', async t => {
  t.ok(suites.length > 350, `${suites.length}`)
  t.equal(new Set(suites.map(({code}) => code)).size, suites.length)
  for (const {name: suite} of [...suites, ...oldSuites]) {
    const bad = /RC4|DES|EXPORT|NULL|anon|MD5|RC2|IDEA/i.test(suite)
    if (bad) t.ok(forbiddenBy(suite), suite)
  }
  for (const {suites12, suites13} of Object.values(policies)) {
    for (const suite of [...suites12, ...suites13]) t.equal(forbiddenBy(suite), undefined, suite)
  }
})
