import {AsnConvert} from '@peculiar/asn1-schema'
import {CertificateList} from '@peculiar/asn1-x509'
import {Temporal} from 'temporal-polyfill'
import type {Certificate} from './read.ts'
import {isFresh, type Standing, signedBy} from './standing.ts'

/** What a revocation list in DER says of a certificate at that time; one that proves nothing is `unknown` with why. */
export function crlStanding(
  list: Uint8Array,
  {certificate, issuer}: {certificate: Certificate; issuer: Certificate},
  at: Temporal.Instant,
): Standing {
  try {
    const {tbsCertList, tbsCertListRaw, signature, signatureAlgorithm} = AsnConvert.parse(list, CertificateList)
    const content = Buffer.from(tbsCertListRaw ?? AsnConvert.serialize(tbsCertList))
    const {algorithm} = signatureAlgorithm
    if (!signedBy(issuer.key, {algorithm, content, signature: Buffer.from(signature)})) {
      return {state: 'unknown', why: 'the list is not signed by the issuer'}
    }
    const from = tbsCertList.thisUpdate.getTime()
    if (!isFresh({from, until: tbsCertList.nextUpdate?.getTime()}, at)) {
      return {state: 'unknown', why: `the list is of ${from.toISOString()}`}
    }
    const serial = BigInt(`0x${certificate.serial}`)
    const entry = tbsCertList.revokedCertificates?.find(each => numberOf(each.userCertificate) === serial)
    if (!entry) return {state: 'good', from: Temporal.Instant.fromEpochMilliseconds(from.getTime()), alone: false}
    return {state: 'revoked', since: Temporal.Instant.fromEpochMilliseconds(entry.revocationDate.getTime().getTime())}
  } catch (error) {
    return {state: 'unknown', why: `the list cannot be read (${error instanceof Error ? error.message : error})`}
  }
}

function numberOf(bytes: ArrayBuffer): bigint {
  return BigInt(`0x${Buffer.from(bytes).toString('hex') || '0'}`)
}
