import {createHash, createPublicKey, type KeyObject, X509Certificate} from 'node:crypto'
import {AsnConvert} from '@peculiar/asn1-schema'
import {
  Certificate as Asn,
  AuthorityInfoAccessSyntax,
  BasicConstraints,
  CRLDistributionPoints,
  ExtendedKeyUsage,
  type Extension,
  id_ad_caIssuers,
  id_ad_ocsp,
  id_ce_basicConstraints,
  id_ce_cRLDistributionPoints,
  id_ce_extKeyUsage,
  id_ce_keyUsage,
  id_ce_nameConstraints,
  id_ce_subjectAltName,
  id_pe_authorityInfoAccess,
  KeyUsage,
  type KeyUsageFlags,
  NameConstraints,
  SubjectAlternativeName,
} from '@peculiar/asn1-x509'
import {Temporal} from 'temporal-polyfill'

/** A certificate that could be read, with what rules ask about. */
export interface Certificate {
  /** `acme.pem, 2nd certificate`. */
  readonly where: string
  readonly x509: X509Certificate
  readonly der: Buffer
  /** On one line: `CN=acme.example, O=ACME`. */
  readonly subject: string
  readonly issuer: string
  readonly key: KeyObject
  /** SHA-256, hexadecimal. */
  readonly fingerprint: string
  readonly keyFingerprint: string
  readonly notBefore: Temporal.Instant
  readonly notAfter: Temporal.Instant
  /** DNS names of the alternative names. */
  readonly names: readonly string[]
  readonly isAuthority: boolean
  readonly pathLength: number | undefined
  readonly keyUsage: KeyUsageFlags | undefined
  readonly extendedKeyUsage: readonly string[] | undefined
  readonly nameConstraints: NameConstraints | undefined
  /** Object identifier, with the parameters as they stand there. */
  readonly signature: {readonly algorithm: string; readonly parameters: Buffer}
  /** As they stand there: twice when they stand there twice. */
  readonly extensions: readonly {readonly id: string; readonly critical: boolean}[]
  readonly ocsp: readonly string[]
  readonly crl: readonly string[]
  readonly issuers: readonly string[]
  readonly serial: string
}

/** Reads one certificate in DER. Throws when it is none, or has bytes left over. */
export function readCertificate(der: Buffer, where: string): Certificate {
  const x509 = new X509Certificate(der)
  if (x509.raw.length !== der.length) throw new RangeError('there are bytes behind it')
  const {tbsCertificate, signatureAlgorithm} = AsnConvert.parse(der, Asn)
  const extensions = [...(tbsCertificate.extensions ?? [])]
  const key = x509.publicKey
  const access = decoded(extensions, id_pe_authorityInfoAccess, AuthorityInfoAccessSyntax) ?? []
  const reachable = (method: string) =>
    [...access].flatMap(each => (each.accessMethod === method ? urls([each.accessLocation]) : []))
  const basic = decoded(extensions, id_ce_basicConstraints, BasicConstraints)
  const usage = decoded(extensions, id_ce_extKeyUsage, ExtendedKeyUsage)
  return {
    ...{where, x509, der, key},
    subject: oneLine(x509.subject),
    issuer: oneLine(x509.issuer),
    fingerprint: sha256(der),
    keyFingerprint: spkiFingerprint(key),
    notBefore: Temporal.Instant.fromEpochMilliseconds(x509.validFromDate.getTime()),
    notAfter: Temporal.Instant.fromEpochMilliseconds(x509.validToDate.getTime()),
    names: [...(decoded(extensions, id_ce_subjectAltName, SubjectAlternativeName) ?? [])].flatMap(
      each => each.dNSName ?? [],
    ),
    isAuthority: basic?.cA ?? false,
    pathLength: basic?.pathLenConstraint,
    keyUsage: decoded(extensions, id_ce_keyUsage, KeyUsage)?.toNumber() as KeyUsageFlags | undefined,
    extendedKeyUsage: usage && [...usage],
    nameConstraints: decoded(extensions, id_ce_nameConstraints, NameConstraints),
    signature: {
      algorithm: signatureAlgorithm.algorithm,
      parameters: Buffer.from(signatureAlgorithm.parameters ?? new ArrayBuffer(0)),
    },
    extensions: extensions.map(({extnID: id, critical}) => ({id, critical})),
    ocsp: reachable(id_ad_ocsp),
    issuers: reachable(id_ad_caIssuers),
    crl: [...(decoded(extensions, id_ce_cRLDistributionPoints, CRLDistributionPoints) ?? [])].flatMap(point =>
      urls(point.distributionPoint?.fullName ?? []),
    ),
    serial: x509.serialNumber,
  }
}

/** Certificates that were read before, from their PEM. */
export function certificatesIn(pems: readonly string[]): Certificate[] {
  return pems.map((pem, at) => readCertificate(new X509Certificate(pem).raw, `certificate ${at + 1}`))
}

/** As messages call it: its subject, and where it lay. */
export function called({subject, where}: Certificate): string {
  return `${subject || 'a certificate without subject'} (${where})`
}

/** `RSA 2048`, `P-256`, `Ed25519`; the key's own word when it is another kind. */
export function keyShown(key: KeyObject): string {
  const {modulusLength, namedCurve} = key.asymmetricKeyDetails ?? {}
  if (key.asymmetricKeyType === 'rsa') return `RSA ${modulusLength}`
  if (key.asymmetricKeyType === 'ec') return curves[namedCurve ?? ''] ?? namedCurve ?? 'EC'
  return key.asymmetricKeyType === 'ed25519' ? 'Ed25519' : `${key.asymmetricKeyType}`
}

/** SHA-256 of a private key's public half, hexadecimal. */
export function publicKeyFingerprint(key: KeyObject): string {
  return spkiFingerprint(createPublicKey(key))
}

function spkiFingerprint(key: KeyObject): string {
  return sha256(key.export({type: 'spki', format: 'der'}))
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}

const curves: Readonly<Record<string, string>> = {prime256v1: 'P-256', secp384r1: 'P-384', secp521r1: 'P-521'}

/** The first of that kind; a second one is a finding of its own. */
function decoded<T>(extensions: readonly Extension[], id: string, as: new () => T): T | undefined {
  const extension = extensions.find(each => each.extnID === id)
  return extension && AsnConvert.parse(extension.extnValue.buffer, as)
}

function urls(names: readonly {uniformResourceIdentifier?: string}[]): string[] {
  return names.flatMap(name => name.uniformResourceIdentifier ?? []).filter(url => /^https?:/i.test(url))
}

function oneLine(name: string | undefined): string {
  return (name ?? '').split('\n').reverse().join(', ')
}
