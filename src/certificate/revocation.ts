import type {Temporal} from 'temporal-polyfill'
import {crlStanding} from './crl.ts'
import type {CertificateFinding, Judgement} from './model.ts'
import {ocspQuestion, ocspStanding} from './ocsp.ts'
import {type Certificate, called, certificatesIn} from './read.ts'
import {found, noted} from './rule.ts'
import type {Standing} from './standing.ts'

/** Asks over http: a body is posted. Rejects when nothing comes in time, or not 200. */
export type Ask = (url: string, body?: {readonly type: string; readonly bytes: Buffer}) => Promise<Uint8Array>

/** Whether the authorities took back anything on the way; one that cannot be asked is a finding of its own, not a pass. */
export async function revocation(
  {way}: Pick<Judgement, 'way'>,
  at: Temporal.Instant,
  ask: Ask,
): Promise<CertificateFinding[]> {
  const certificates = certificatesIn(way)
  const asked = certificates.slice(0, -1).map((certificate, place) => {
    const issuer = certificates[place + 1]
    return issuer ? findingsOf({certificate, issuer}, at, ask) : []
  })
  const all = (await Promise.all(asked)).flat()
  const [leaf] = certificates
  if (leaf && certificates.length === 1) {
    return [found('revocation-unknown', called(leaf), 'Its issuer is not at hand, so nobody can be asked about it.')]
  }
  return all
}

interface About {
  readonly certificate: Certificate
  readonly issuer: Certificate
}

async function findingsOf(about: About, at: Temporal.Instant, ask: Ask): Promise<CertificateFinding[]> {
  const {certificate} = about
  const subject = called(certificate)
  if (certificate.ocsp.length + certificate.crl.length === 0) {
    return [noted('revocation-unknown', subject, 'It names neither a responder nor a list of revoked certificates.')]
  }
  const tried: string[] = []
  for (const [url, question] of questions(about, at, ask)) {
    const standing = await question().catch((error): Standing => ({state: 'unknown', why: reason(error)}))
    if (standing.state === 'good') return []
    if (standing.state === 'revoked')
      return [found('revoked', subject, `It was revoked on ${standing.since} (${url}).`)]
    tried.push(`${url}: ${standing.why}`)
  }
  return [found('revocation-unknown', subject, `Nobody says whether it was revoked: ${tried.join('; ')}.`)]
}

/** The responders first: a list may be a day old. */
function questions(about: About, at: Temporal.Instant, ask: Ask): (readonly [string, () => Promise<Standing>])[] {
  const {certificate, issuer} = about
  const type = 'application/ocsp-request'
  return [
    ...certificate.ocsp.map(url => {
      const question = async () =>
        ocspStanding(await ask(url, {type, bytes: ocspQuestion(certificate, issuer)}), about, at)
      return [url, question] as const
    }),
    ...certificate.crl.map(url => [url, async () => crlStanding(await ask(url), about, at)] as const),
  ]
}

function reason(error: unknown): string {
  const {message, cause} = error as {message?: string; cause?: {message?: string}}
  return cause?.message ?? message ?? String(error)
}
