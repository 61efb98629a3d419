import {createPublicKey, generateKeyPairSync, type KeyObject, randomBytes, sign} from 'node:crypto'
import {AsnConvert, OctetString} from '@peculiar/asn1-schema'
import {
  AccessDescription,
  AlgorithmIdentifier,
  AttributeTypeAndValue,
  AttributeValue,
  AuthorityInfoAccessSyntax,
  AuthorityKeyIdentifier,
  BasicConstraints,
  Certificate,
  CRLDistributionPoints,
  DistributionPoint,
  DistributionPointName,
  ExtendedKeyUsage,
  Extension,
  Extensions,
  GeneralName,
  GeneralSubtree,
  GeneralSubtrees,
  id_ad_caIssuers,
  id_ad_ocsp,
  KeyIdentifier,
  KeyUsage,
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

/** A certificate as a test wants it: whatever is not said is as it should be. */
export interface Recipe {
  readonly subject?: string
  readonly names?: readonly string[]
  /** Days from the given instant. */
  readonly from?: number
  readonly days?: number
  readonly authority?: boolean
  readonly pathLength?: number
  readonly keyUsage?: number | null
  readonly purposes?: readonly string[] | null
  readonly hash?: 'sha256' | 'sha1' | 'md5'
  readonly ocsp?: string
  readonly crl?: string
  readonly issuerAt?: string
  /** Names the certificate may certify. */
  readonly permitted?: readonly string[]
  readonly excluded?: readonly string[]
  /** More extensions, as object identifiers. */
  readonly more?: readonly {readonly id: string; readonly critical?: boolean; readonly hex?: string}[]
}

/** Who signs: its certificate's subject and its key. */
export interface Signer {
  readonly subject: string
  readonly key: KeyObject
}

export interface Made {
  readonly der: Buffer
  readonly pem: string
  readonly subject: string
  readonly key: KeyObject
  readonly serial: ArrayBuffer
}

export const newKey = {
  p256: () => generateKeyPairSync('ec', {namedCurve: 'P-256'}).privateKey,
  p384: () => generateKeyPairSync('ec', {namedCurve: 'P-384'}).privateKey,
  p521: () => generateKeyPairSync('ec', {namedCurve: 'P-521'}).privateKey,
  secp256k1: () => generateKeyPairSync('ec', {namedCurve: 'secp256k1'}).privateKey,
  ed25519: () => generateKeyPairSync('ed25519').privateKey,
  ed448: () => generateKeyPairSync('ed448').privateKey,
  rsa: () => generateKeyPairSync('rsa', {modulusLength: 2048}).privateKey,
  rsa1024: () => generateKeyPairSync('rsa', {modulusLength: 1024}).privateKey,
  rsa3: () => generateKeyPairSync('rsa', {modulusLength: 2048, publicExponent: 3}).privateKey,
  dsa: () => generateKeyPairSync('dsa', {modulusLength: 1024, divisorLength: 160}).privateKey,
} as const

/** Makes one; it signs itself when no signer is given. */
export function certify(recipe: Recipe, {key, at, by}: {key: KeyObject; at: Temporal.Instant; by?: Signer}): Made {
  const subject = recipe.subject ?? recipe.names?.[0] ?? 'help.acme.example'
  const signer = by ?? {subject, key}
  const from = at.add({hours: Math.round(24 * (recipe.from ?? -1))})
  const until = from.add({hours: Math.round(24 * (recipe.days ?? 190))})
  const serialNumber = serial()
  const signatureAlgorithm = new AlgorithmIdentifier(algorithmOf(signer.key, recipe.hash ?? 'sha256'))
  const tbsCertificate = new TBSCertificate({
    ...{version: Version.v3, serialNumber, signature: signatureAlgorithm},
    issuer: named(signer.subject),
    subject: named(subject),
    validity: new Validity({notBefore: new Date(from.epochMilliseconds), notAfter: new Date(until.epochMilliseconds)}),
    subjectPublicKeyInfo: AsnConvert.parse(spki(key), SubjectPublicKeyInfo),
    extensions: new Extensions(extensionsOf(recipe, key, signer)),
  })
  const signatureValue = signedBytes(signer.key, recipe.hash ?? 'sha256', AsnConvert.serialize(tbsCertificate))
  const der = Buffer.from(AsnConvert.serialize(new Certificate({tbsCertificate, signatureAlgorithm, signatureValue})))
  return {der, pem: asPem('CERTIFICATE', der), subject, key, serial: serialNumber}
}

export function signedBytes(key: KeyObject, hash: string, content: ArrayBuffer): ArrayBuffer {
  const plain = key.asymmetricKeyType === 'ed25519' || key.asymmetricKeyType === 'ed448'
  return exact(sign(plain ? null : hash, Buffer.from(content), key))
}

export function algorithmOf(key: KeyObject, hash: 'sha256' | 'sha1' | 'md5'): {algorithm: string; parameters?: null} {
  if (key.asymmetricKeyType === 'rsa') return {algorithm: rsaWith[hash], parameters: null}
  if (key.asymmetricKeyType === 'ed25519') return {algorithm: '1.3.101.112'}
  return {algorithm: hash === 'sha1' ? '1.2.840.10045.4.1' : '1.2.840.10045.4.3.2'}
}

export function named(text: string): Name {
  const value = new AttributeValue({utf8String: text})
  return new Name([new RelativeDistinguishedName([new AttributeTypeAndValue({type: '2.5.4.3', value})])])
}

export function asPem(label: string, der: Uint8Array): string {
  const lines = Buffer.from(der)
    .toString('base64')
    .match(/.{1,64}/g)
  return [`-----BEGIN ${label}-----`, ...(lines ?? []), `-----END ${label}-----`, ''].join('\n')
}

function exact(bytes: Uint8Array): ArrayBuffer {
  return new Uint8Array(bytes).buffer
}

const rsaWith = {sha256: '1.2.840.113549.1.1.11', sha1: '1.2.840.113549.1.1.5', md5: '1.2.840.113549.1.1.4'}
const serverAuth = '1.3.6.1.5.5.7.3.1'

function extensionsOf(recipe: Recipe, key: KeyObject, signer: Signer): Extension[] {
  const {authority = false, pathLength, names = ['help.acme.example'], ocsp, crl, issuerAt, more = []} = recipe
  const usage = recipe.keyUsage === undefined ? (authority ? 0x60 : 0x01) : recipe.keyUsage
  const purposes = recipe.purposes === undefined ? (authority ? null : [serverAuth]) : recipe.purposes
  const access = [
    ...(ocsp ? [describe(id_ad_ocsp, ocsp)] : []),
    ...(issuerAt ? [describe(id_ad_caIssuers, issuerAt)] : []),
  ]
  return [
    extension(
      '2.5.29.19',
      new BasicConstraints({
        ...(authority ? {cA: true} : {}),
        ...(pathLength === undefined ? {} : {pathLenConstraint: pathLength}),
      }),
      true,
    ),
    ...(usage === null ? [] : [extension('2.5.29.15', new KeyUsage(usage), true)]),
    ...(purposes === null ? [] : [extension('2.5.29.37', new ExtendedKeyUsage([...purposes]))]),
    ...(authority || names.length === 0
      ? []
      : [extension('2.5.29.17', new SubjectAlternativeName(names.map(dNSName => new GeneralName({dNSName}))))]),
    extension('2.5.29.14', new SubjectKeyIdentifier(exact(keyId(key)))),
    extension('2.5.29.35', new AuthorityKeyIdentifier({keyIdentifier: new KeyIdentifier(exact(keyId(signer.key)))})),
    ...(recipe.permitted || recipe.excluded ? [constraints(recipe.permitted, recipe.excluded)] : []),
    ...(access.length > 0 ? [extension('1.3.6.1.5.5.7.1.1', new AuthorityInfoAccessSyntax(access))] : []),
    ...(crl ? [extension('2.5.29.31', new CRLDistributionPoints([point(crl)]))] : []),
    ...more.map(
      ({id, critical = false, hex = '0500'}) =>
        new Extension({extnID: id, critical, extnValue: new OctetString(Buffer.from(hex, 'hex'))}),
    ),
  ]
}

function constraints(permitted: readonly string[] | undefined, excluded: readonly string[] | undefined): Extension {
  const trees = (names: readonly string[]) =>
    new GeneralSubtrees(names.map(dNSName => new GeneralSubtree({base: new GeneralName({dNSName})})))
  const value = new NameConstraints({
    ...(permitted ? {permittedSubtrees: trees(permitted)} : {}),
    ...(excluded ? {excludedSubtrees: trees(excluded)} : {}),
  })
  return extension('2.5.29.30', value, true)
}

function describe(method: string, uniformResourceIdentifier: string): AccessDescription {
  return new AccessDescription({accessMethod: method, accessLocation: new GeneralName({uniformResourceIdentifier})})
}

function point(uniformResourceIdentifier: string): DistributionPoint {
  const distributionPoint = new DistributionPointName({fullName: [new GeneralName({uniformResourceIdentifier})]})
  return new DistributionPoint({distributionPoint})
}

function extension(extnID: string, value: unknown, critical = false): Extension {
  return new Extension({extnID, critical, extnValue: new OctetString(AsnConvert.serialize(value))})
}

function keyId(key: KeyObject): Buffer {
  return spki(key).subarray(-20)
}

function spki(key: KeyObject): Buffer {
  return createPublicKey(key).export({type: 'spki', format: 'der'})
}

function serial(): ArrayBuffer {
  const bytes = randomBytes(16)
  bytes[0] = ((bytes[0] ?? 0) & 0x3f) | 0x40
  return exact(bytes)
}
