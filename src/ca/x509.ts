import {createHash, createPrivateKey, createPublicKey, type KeyObject, randomBytes, sign} from 'node:crypto'
import type {Temporal} from 'temporal-polyfill'
import {bits, identifier, integer, numbered, octets, sequence, set, text, time, yes} from './der.ts'

/** Who certifies: its name and its key (ECDSA P-256). */
export interface Issuer {
  readonly name: string
  readonly key: string
}

interface Period {
  readonly from: Temporal.Instant
  readonly until: Temporal.Instant
}

/** A root certificate in PEM that may certify servers below one domain and nothing else. */
export function rootCertificate({name, key}: Issuer, domain: string, period: Period): string {
  const publicKey = createPublicKey(key)
  const below = sequence(numbered(2, 'bytes', Buffer.from(domain)))
  // No address may be certified: the domain rule alone would let them pass.
  const addresses = [8, 32].map(size => sequence(numbered(7, 'bytes', Buffer.alloc(size))))
  const extensions = [
    critical('2.5.29.19', sequence(yes, integer(0))),
    critical('2.5.29.15', bits(Buffer.of(0x06), 1)),
    critical('2.5.29.30', sequence(numbered(0, 'parts', below), numbered(1, 'parts', ...addresses))),
    extension('2.5.29.14', octets(keyId(publicKey))),
  ]
  return certificate({name, key}, {subject: name, publicKey, period, extensions})
}

export interface ServerWanted extends Period {
  readonly hostnames: readonly [string, ...string[]]
  /** In PEM. */
  readonly publicKey: string
}

/** A server's certificate in PEM, for these names and nothing but TLS servers. */
export function serverCertificate(issuer: Issuer, {hostnames, publicKey: pem, ...period}: ServerWanted): string {
  const publicKey = createPublicKey(pem)
  const names = hostnames.map(name => numbered(2, 'bytes', Buffer.from(name)))
  const authority = numbered(0, 'bytes', keyId(createPublicKey(issuer.key)))
  const extensions = [
    critical('2.5.29.19', sequence()),
    critical('2.5.29.15', bits(Buffer.of(0x80), 7)),
    extension('2.5.29.37', sequence(identifier('1.3.6.1.5.5.7.3.1'))),
    extension('2.5.29.17', sequence(...names)),
    extension('2.5.29.14', octets(keyId(publicKey))),
    extension('2.5.29.35', sequence(authority)),
  ]
  return certificate(issuer, {subject: hostnames[0], publicKey, period, extensions})
}

interface Content {
  readonly subject: string
  readonly publicKey: KeyObject
  readonly period: Period
  readonly extensions: readonly Buffer[]
}

const ecdsaWithSha256 = sequence(identifier('1.2.840.10045.4.3.2'))

function certificate(issuer: Issuer, {subject, publicKey, period, extensions}: Content): string {
  const content = sequence(
    numbered(0, 'parts', integer(2)),
    integer(serial()),
    ecdsaWithSha256,
    commonName(issuer.name),
    sequence(time(period.from.toString()), time(period.until.toString())),
    commonName(subject),
    publicKey.export({type: 'spki', format: 'der'}),
    numbered(3, 'parts', sequence(...extensions)),
  )
  const signature = sign('sha256', content, createPrivateKey(issuer.key))
  const lines =
    sequence(content, ecdsaWithSha256, bits(signature))
      .toString('base64')
      .match(/.{1,64}/g) ?? []
  return ['-----BEGIN CERTIFICATE-----', ...lines, '-----END CERTIFICATE-----', ''].join('\n')
}

/** 126 random bits: positive, and never with a leading zero byte. */
function serial(): Buffer {
  const bytes = randomBytes(16)
  bytes[0] = ((bytes[0] ?? 0) & 0x3f) | 0x40
  return bytes
}

/** A common name has 64 characters at most; browsers look at the alternative names only. */
function commonName(name: string): Buffer {
  return sequence(set(sequence(identifier('2.5.4.3'), text(name.slice(0, 64)))))
}

function keyId(key: KeyObject): Buffer {
  const {x = '', y = ''} = key.export({format: 'jwk'})
  const point = [Buffer.of(4), Buffer.from(x, 'base64url'), Buffer.from(y, 'base64url')]
  return createHash('sha1').update(Buffer.concat(point)).digest()
}

function extension(dotted: string, value: Buffer): Buffer {
  return sequence(identifier(dotted), octets(value))
}

function critical(dotted: string, value: Buffer): Buffer {
  return sequence(identifier(dotted), yes, octets(value))
}
