// A responder of OCSP, in what it says.
import {
  BasicOCSPResponse,
  CertStatus,
  OCSPRequest,
  OCSPResponse,
  ResponderID,
  ResponseBytes,
  ResponseData,
  RevokedInfo,
  SingleResponse,
} from '@peculiar/asn1-ocsp'
import {AsnConvert, OctetString} from '@peculiar/asn1-schema'
import {AlgorithmIdentifier, Certificate} from '@peculiar/asn1-x509'
import {algorithmOf, type Made, named, type Signer, signedBytes} from './hierarchy.ts'

/** What is said of a certificate, by whom. */
export interface Word {
  readonly revoked?: boolean
  readonly by?: Signer
  /** Whose certificate goes along with an answer. */
  readonly with?: Made
  readonly from?: Date
  readonly until?: Date
}

/** The answer, in DER, to a question in DER. */
export function wordOf(
  question: Buffer,
  {revoked, by, with: along, from, until}: Word & Required<Pick<Word, 'by' | 'from' | 'until'>>,
): Buffer {
  const asked = AsnConvert.parse(question, OCSPRequest).tbsRequest.requestList[0]
  const certStatus = revoked ? {revoked: new RevokedInfo({revocationTime: from})} : {good: null}
  const tbsResponseData = new ResponseData({
    responderID: new ResponderID({byName: named(by.subject)}),
    producedAt: from,
    responses: [
      new SingleResponse({
        ...(asked ? {certID: asked.reqCert} : {}),
        ...{certStatus: new CertStatus(certStatus), thisUpdate: from, nextUpdate: until},
      }),
    ],
  })
  const basic = new BasicOCSPResponse({
    tbsResponseData,
    signatureAlgorithm: new AlgorithmIdentifier(algorithmOf(by.key, 'sha256')),
    signature: signedBytes(by.key, 'sha256', AsnConvert.serialize(tbsResponseData)),
    ...(along ? {certs: [AsnConvert.parse(along.der, Certificate)]} : {}),
  })
  const response = new OctetString(AsnConvert.serialize(basic))
  const responseBytes = new ResponseBytes({responseType: '1.3.6.1.5.5.7.48.1.1', response})
  return Buffer.from(AsnConvert.serialize(new OCSPResponse({responseStatus: 0, responseBytes})))
}
