import {createHash, createPrivateKey, createPublicKey, type KeyObject, randomBytes, sign} from 'node:crypto'
import {AsnConvert, OctetString} from '@peculiar/asn1-schema'
import {
  AlgorithmIdentifier,
  AttributeTypeAndValue,
  AttributeValue,
  AuthorityKeyIdentifier,
  BasicConstraints,
  Certificate,
  ExtendedKeyUsage,
  Extension,
  Extensions,
  GeneralName,
  GeneralSubtree,
  GeneralSubtrees,
  id_ce_authorityKeyIdentifier,
  id_ce_basicConstraints,
  id_ce_extKeyUsage,
  id_ce_keyUsage,
  id_ce_nameConstraints,
  id_ce_subjectAltName,
  id_ce_subjectKeyIdentifier,
  id_kp_clientAuth,
  id_kp_serverAuth,
  KeyIdentifier,
  KeyUsage,
  KeyUsageFlags,
  Name,
  NameConstraints,
  RelativeDistinguishedName,
  SubjectAlternativeName,
  SubjectKeyIdentifier,
  SubjectPublicKeyInfo,
  TBSCertificate,
  Validity,
  Version,
} from '@peculiar/asn1-x509'
import type {Temporal} from 'temporal-polyfill'

/** Who certifies: its name and its key (ECDSA P-256). */
export interface Issuer {
  readonly name: string
  readonly key: string
}

interface Period {
  readonly from: Temporal.Instant
  readonly until: Temporal.Instant
}

/** A root certificate in PEM that may certify servers below one domain and nothing else; without a domain, any. */
export function rootCertificate({name, key}: Issuer, domain: string | undefined, period: Period): string {
  const publicKey = createPublicKey(key)
  const extensions = [
    critical(id_ce_basicConstraints, new BasicConstraints({cA: true, pathLenConstraint: 0})),
    critical(id_ce_keyUsage, new KeyUsage(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign)),
    ...(domain === undefined ? [] : [critical(id_ce_nameConstraints, onlyBelow(domain))]),
    extension(id_ce_subjectKeyIdentifier, new SubjectKeyIdentifier(keyId(publicKey))),
  ]
  return certificate({name, key}, {subject: name, publicKey, period, extensions})
}

export interface ServerWanted extends Period {
  readonly hostnames: readonly [string, ...string[]]
  /** In PEM. */
  readonly publicKey: string
  /** Also to be shown as a client. */
  readonly client?: boolean
}

/** A server's certificate in PEM, for these names and nothing but TLS servers, and TLS clients if asked so. */
export function serverCertificate(issuer: Issuer, wanted: ServerWanted): string {
  const {hostnames, publicKey: pem, client = false, ...period} = wanted
  const publicKey = createPublicKey(pem)
  const uses = [id_kp_serverAuth, ...(client ? [id_kp_clientAuth] : [])]
  const authority = new KeyIdentifier(keyId(createPublicKey(issuer.key)))
  const names = hostnames.map(dNSName => new GeneralName({dNSName}))
  const extensions = [
    critical(id_ce_basicConstraints, new BasicConstraints()),
    critical(id_ce_keyUsage, new KeyUsage(KeyUsageFlags.digitalSignature)),
    extension(id_ce_extKeyUsage, new ExtendedKeyUsage(uses)),
    extension(id_ce_subjectAltName, new SubjectAlternativeName(names)),
    extension(id_ce_subjectKeyIdentifier, new SubjectKeyIdentifier(keyId(publicKey))),
    extension(id_ce_authorityKeyIdentifier, new AuthorityKeyIdentifier({keyIdentifier: authority})),
  ]
  return certificate(issuer, {subject: hostnames[0], publicKey, period, extensions})
}

interface Content {
  readonly subject: string
  readonly publicKey: KeyObject
  readonly period: Period
  readonly extensions: readonly Extension[]
}

function certificate(issuer: Issuer, {subject, publicKey, period, extensions}: Content): string {
  const signatureAlgorithm = new AlgorithmIdentifier({algorithm: '1.2.840.10045.4.3.2'})
  const tbsCertificate = new TBSCertificate({
    version: Version.v3,
    serialNumber: serial(),
    signature: signatureAlgorithm,
    issuer: commonName(issuer.name),
    validity: new Validity({
      notBefore: new Date(period.from.epochMilliseconds),
      notAfter: new Date(period.until.epochMilliseconds),
    }),
    subject: commonName(subject),
    subjectPublicKeyInfo: AsnConvert.parse(publicKey.export({type: 'spki', format: 'der'}), SubjectPublicKeyInfo),
    extensions: new Extensions([...extensions]),
  })
  const content = Buffer.from(AsnConvert.serialize(tbsCertificate))
  const signatureValue = exact(sign('sha256', content, createPrivateKey(issuer.key)))
  const whole = AsnConvert.serialize(new Certificate({tbsCertificate, signatureAlgorithm, signatureValue}))
  const lines = Buffer.from(whole)
    .toString('base64')
    .match(/.{1,64}/g)
  return ['-----BEGIN CERTIFICATE-----', ...(lines ?? []), '-----END CERTIFICATE-----', ''].join('\n')
}

/** RFC 5280 §4.2.1.10. No address may be certified: the domain rule alone would let them pass. */
function onlyBelow(domain: string): NameConstraints {
  const trees = (...names: readonly Partial<GeneralName>[]) =>
    new GeneralSubtrees(names.map(name => new GeneralSubtree({base: new GeneralName(name)})))
  return new NameConstraints({
    permittedSubtrees: trees({dNSName: domain}),
    excludedSubtrees: trees({iPAddress: '0.0.0.0/0'}, {iPAddress: '::/0'}),
  })
}

/** 126 random bits: positive, and never with a leading zero byte. */
function serial(): ArrayBuffer {
  const bytes = randomBytes(16)
  bytes[0] = ((bytes[0] ?? 0) & 0x3f) | 0x40
  return exact(bytes)
}

/** A common name has 64 characters at most; browsers look at the alternative names only. */
function commonName(name: string): Name {
  const value = new AttributeValue({utf8String: name.slice(0, 64)})
  return new Name([new RelativeDistinguishedName([new AttributeTypeAndValue({type: '2.5.4.3', value})])])
}

/** RFC 5280 §4.2.1.2, method 1. */
function keyId(key: KeyObject): ArrayBuffer {
  const {x = '', y = ''} = key.export({format: 'jwk'})
  const point = [Buffer.of(4), Buffer.from(x, 'base64url'), Buffer.from(y, 'base64url')]
  return exact(createHash('sha1').update(Buffer.concat(point)).digest())
}

function extension(extnID: string, value: unknown, isCritical = false): Extension {
  return new Extension({extnID, critical: isCritical, extnValue: new OctetString(AsnConvert.serialize(value))})
}

function critical(extnID: string, value: unknown): Extension {
  return extension(extnID, value, true)
}

/** A small buffer may be a part of a larger one, which must not be written with it. */
function exact(bytes: Uint8Array): ArrayBuffer {
  return new Uint8Array(bytes).buffer
}
