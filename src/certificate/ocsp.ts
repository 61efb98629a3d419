import {createHash} from 'node:crypto'
import {
  BasicOCSPResponse,
  CertID,
  id_pkix_ocsp_basic,
  OCSPRequest,
  OCSPResponse,
  Request,
  type SingleResponse,
  TBSRequest,
} from '@peculiar/asn1-ocsp'
import {AsnConvert, OctetString} from '@peculiar/asn1-schema'
import {AlgorithmIdentifier, Certificate as Asn} from '@peculiar/asn1-x509'
import {Temporal} from 'temporal-polyfill'
import {signed} from './path.ts'
import {type Certificate, readCertificate} from './read.ts'
import {isFresh, type Standing, signedBy} from './standing.ts'

/** A question about one certificate to the responder of its issuer, in DER (RFC 6960 §4.1). */
export function ocspQuestion(certificate: Certificate, issuer: Certificate): Buffer {
  const request = new OCSPRequest({
    tbsRequest: new TBSRequest({requestList: [new Request({reqCert: idOf(certificate, issuer)})]}),
  })
  return Buffer.from(AsnConvert.serialize(request))
}

/** What a responder's answer in DER says of a certificate at that time; one that proves nothing is `unknown` with why. */
export function ocspStanding(
  answer: Uint8Array,
  about: {certificate: Certificate; issuer: Certificate},
  at: Temporal.Instant,
): Standing {
  try {
    return told(answer, about, at)
  } catch (error) {
    return {state: 'unknown', why: `the answer cannot be read (${error instanceof Error ? error.message : error})`}
  }
}

interface About {
  readonly certificate: Certificate
  readonly issuer: Certificate
}

function told(answer: Uint8Array, {certificate, issuer}: About, at: Temporal.Instant): Standing {
  const {responseStatus, responseBytes} = AsnConvert.parse(answer, OCSPResponse)
  if (responseStatus !== 0 || responseBytes?.responseType !== id_pkix_ocsp_basic) {
    return {state: 'unknown', why: `the responder answered with status ${responseStatus}`}
  }
  const basic = AsnConvert.parse(responseBytes.response.buffer, BasicOCSPResponse)
  if (!responderSigned(basic, issuer)) return {state: 'unknown', why: 'the answer is not signed by the issuer'}
  const wanted = Buffer.from(AsnConvert.serialize(idOf(certificate, issuer)))
  const single = basic.tbsResponseData.responses.find(each =>
    wanted.equals(Buffer.from(AsnConvert.serialize(each.certID))),
  )
  if (!single) return {state: 'unknown', why: 'the answer is about another certificate'}
  if (!isFresh({from: single.thisUpdate, until: single.nextUpdate}, at)) {
    return {state: 'unknown', why: `the answer is of ${single.thisUpdate.toISOString()}`}
  }
  return standingOf(single, basic.tbsResponseData.responses.length === 1)
}

function standingOf({certStatus, thisUpdate, nextUpdate}: SingleResponse, alone: boolean): Standing {
  const from = Temporal.Instant.fromEpochMilliseconds(thisUpdate.getTime())
  const until = nextUpdate && Temporal.Instant.fromEpochMilliseconds(nextUpdate.getTime())
  if (certStatus.revoked) {
    return {
      state: 'revoked',
      since: Temporal.Instant.fromEpochMilliseconds(certStatus.revoked.revocationTime.getTime()),
    }
  }
  if (certStatus.good === undefined) return {state: 'unknown', why: 'the responder does not know it'}
  return {state: 'good', from, alone, ...(until ? {until} : {})}
}

/** The issuer itself, or whom it certified for that (RFC 6960 §4.2.2.2). */
function responderSigned(basic: BasicOCSPResponse, issuer: Certificate): boolean {
  const content = Buffer.from(basic.tbsResponseDataRaw ?? AsnConvert.serialize(basic.tbsResponseData))
  const signature = Buffer.from(basic.signature)
  const {algorithm} = basic.signatureAlgorithm
  const delegated = (basic.certs ?? [])
    .map(each => readCertificate(Buffer.from(AsnConvert.serialize(each)), 'responder'))
    .filter(each => each.extendedKeyUsage?.includes(ocspSigning) && signed(each, issuer.x509))
  return [issuer, ...delegated].some(({key}) => signedBy(key, {algorithm, content, signature}))
}

const ocspSigning = '1.3.6.1.5.5.7.3.9'
const sha1 = '1.3.14.3.2.26'

/** SHA-1 here is a name for the issuer, no proof; responders know nothing else (RFC 5019 §2.1.1). */
function idOf({der}: Certificate, issuer: Certificate): CertID {
  const own = AsnConvert.parse(der, Asn).tbsCertificate
  const above = AsnConvert.parse(issuer.der, Asn).tbsCertificate
  const hash = (bytes: ArrayBuffer) => new OctetString(createHash('sha1').update(Buffer.from(bytes)).digest())
  return new CertID({
    hashAlgorithm: new AlgorithmIdentifier({algorithm: sha1, parameters: null}),
    issuerNameHash: hash(AsnConvert.serialize(own.issuer)),
    issuerKeyHash: hash(above.subjectPublicKeyInfo.subjectPublicKey),
    serialNumber: own.serialNumber,
  })
}
