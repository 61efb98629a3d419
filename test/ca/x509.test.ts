import {spawn, spawnSync} from 'node:child_process'
import {X509Certificate} from 'node:crypto'
import {writeFileSync} from 'node:fs'
import {createServer} from 'node:https'
import {join} from 'node:path'
import t, {type Test} from 'tap'
import {Temporal} from 'temporal-polyfill'
import {newServerKey} from '../../src/ca/steps.ts'
import {rootCertificate, type ServerWanted, serverCertificate} from '../../src/ca/x509.ts'

const from = Temporal.Now.instant().subtract({hours: 1})
const until = from.add({hours: 24 * 90})
const rootKey = newServerKey().privateKey.expose()
const issuer = {name: 'selfhelp ezvsaas.test 123456', key: rootKey}
const root = rootCertificate(issuer, 'ezvsaas.test', {from, until: from.add({hours: 24 * 3650})})

function leaf(...hostnames: ServerWanted['hostnames']): string {
  return serverCertificate(issuer, {hostnames, publicKey: newServerKey().publicKey, from, until})
}

function verify(t: Test, certificate: string, ...argv: string[]) {
  const folder = t.testdir({'ca.pem': root, 'leaf.pem': certificate})
  return spawnSync('openssl', ['verify', '-x509_strict', ...argv, '-CAfile', 'ca.pem', 'leaf.pem'], {
    cwd: folder,
    encoding: 'utf8',
  })
}

t.test('OpenSSL accepts a certificate for names below the domain, strictly', async t => {
  const certificate = leaf('acme.ezvsaas.test', 'acme-edition.ezvsaas.test')
  const {status, stderr} = verify(t, certificate, '-purpose', 'sslserver', '-verify_hostname', 'acme.ezvsaas.test')
  t.equal(status, 0, stderr)
  t.not(verify(t, certificate, '-verify_hostname', 'globex.ezvsaas.test').status, 0)
  t.not(verify(t, certificate, '-purpose', 'sslclient').status, 0)
})

t.test('OpenSSL refuses what the root may not certify, though it signed it', async t => {
  for (const name of ['acme.example.com', 'ezvsaas.test.evil.com', 'xezvsaas.test'])
    t.match(verify(t, leaf(name)).stderr, /permitted subtree violation/, name)
})

t.test('Node reads back what was asked', async t => {
  const certificate = new X509Certificate(leaf('acme.ezvsaas.test', 'b.ezvsaas.test'))
  const authority = new X509Certificate(root)
  t.equal(certificate.subjectAltName, 'DNS:acme.ezvsaas.test, DNS:b.ezvsaas.test')
  t.ok(certificate.verify(authority.publicKey))
  t.ok(certificate.checkIssued(authority))
  t.ok(authority.ca)
  t.notOk(certificate.ca)
  t.equal(certificate.checkHost('acme.ezvsaas.test'), 'acme.ezvsaas.test')
  t.equal(Math.floor(until.epochMilliseconds / 1000), Date.parse(certificate.validTo) / 1000)
})

t.test('dates beyond 2049 and long names are written right', async t => {
  const far = Temporal.Instant.from('2071-02-03T04:05:06Z')
  const long = rootCertificate(issuer, `${'a'.repeat(60)}.${'b'.repeat(60)}.${'c'.repeat(60)}.test`, {from, until: far})
  t.equal(new X509Certificate(long).validTo, 'Feb  3 04:05:06 2071 GMT')
})

t.test('curl accepts the certificate with --cacert', async t => {
  const {publicKey, privateKey} = newServerKey()
  const cert = serverCertificate(issuer, {hostnames: ['acme.ezvsaas.test'], publicKey, from, until})
  const folder = t.testdir()
  const ca = join(folder, 'ca.pem')
  writeFileSync(ca, root)
  const server = createServer({cert, key: privateKey.expose()}, (_, response) => response.end('hello'))
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  t.teardown(() => server.close())
  const address = server.address()
  const port = typeof address === 'object' ? address?.port : 0
  const curl = spawn('curl', [
    '-sS',
    '--noproxy',
    '*',
    '--cacert',
    ca,
    '--resolve',
    `acme.ezvsaas.test:${port}:127.0.0.1`,
    `https://acme.ezvsaas.test:${port}/`,
  ])
  let out = ''
  curl.stdout.on('data', text => {
    out += text
  })
  await new Promise(resolve => curl.on('close', resolve))
  t.equal(out, 'hello')
})
