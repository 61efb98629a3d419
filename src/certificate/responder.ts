import {Temporal} from 'temporal-polyfill'
import type {Platform} from '../environment/steps.ts'
import {Refusal} from '../error.ts'
import {noteFinding} from '../event/steps.ts'
import type {CertificateRow} from '../ledger/certificate.ts'
import type {Queries} from '../ledger/ledger.ts'
import {
  countsUntil,
  forgetSaid,
  noteSilence,
  putSaid,
  type Said,
  type StapleRow,
  stapleOf,
  staples,
} from '../ledger/staple.ts'
import {type Fact, provenByMaking} from '../runbook/step.ts'
import {nextTry} from './due.ts'
import {ocspQuestion, ocspStanding} from './ocsp.ts'
import {readPem} from './pem.ts'
import {certificatesIn} from './read.ts'
import type {Ask} from './revocation.ts'
import type {Candidate} from './serving.ts'
import type {Standing} from './standing.ts'

/** Whom to ask again now: half of what was said has passed, nothing is at hand, or it counts no longer. */
export async function staplesDue(ledger: Queries, now: Temporal.Instant): Promise<readonly StapleRow[]> {
  return (await staples(ledger)).filter(row => isDue(row, now))
}

/** Pure; a responder that is silent is asked after a quarter of an hour, then a half, then each hour. */
function isDue(row: Partial<StapleRow>, now: Temporal.Instant): boolean {
  const {failures = 0, triedAt, saidAt, until} = row
  const later = (at: Temporal.Instant | undefined) => at !== undefined && Temporal.Instant.compare(at, now) > 0
  if (until && !later(countsUntil({until}))) return true
  if (later(nextTry({failures: Math.min(failures, 3), triedAt}))) return false
  if (!saidAt || !until) return true
  const half = (saidAt.epochMilliseconds + until.epochMilliseconds) / 2
  return half <= now.epochMilliseconds
}

interface Asking {
  readonly platform: Platform
  readonly ask: Ask
}

/** Whose it is, as a finding and a remedy name it. */
interface Whose {
  readonly tenant: string
  /** `acme/production` */
  readonly environment: string
}

/**
 * What its responder says is on record, where the certificate names one: its own word, signed, and about this certificate.
 * Silence keeps nobody from being served. Throws `Refusal('certificate-unfit')` for a new one that was revoked.
 */
export function responderAsked({platform, ask}: Asking, name: Whose, candidate: Candidate): Fact {
  const {ledger, clock} = platform
  return provenByMaking({
    holds: async at => {
      const row = await candidate(at)
      if (row.responder === undefined) return true
      return !isDue((await stapleOf(ledger, row.id)) ?? {}, clock.now())
    },
    make: async at => {
      const row = await candidate(at)
      const standing = await standingOf(row, clock.now(), ask)
      if ('said' in standing) await putSaid(ledger, row.id, standing.said)
      else await silent(platform, {row, name, standing}, text => at.tell(text))
    },
  })
}

type Answered = {readonly said: Said} | Exclude<Standing, {state: 'good'}>

async function standingOf(row: CertificateRow, now: Temporal.Instant, ask: Ask): Promise<Answered> {
  const [certificate, issuer] = certificatesIn(readPem(Buffer.from(row.chain)).blocks.map(({pem}) => pem))
  if (!certificate || !issuer) return {state: 'unknown', why: 'its issuer is not at hand'}
  try {
    const question = {type: 'application/ocsp-request', bytes: ocspQuestion(certificate, issuer)}
    const answer = await ask(row.responder ?? '', question)
    const standing = ocspStanding(answer, {certificate, issuer}, now)
    if (standing.state !== 'good') return standing
    const {from, until, alone} = standing
    if (!until || !alone) return {state: 'unknown', why: 'its answer is none that an edge may give along'}
    return {said: {response: Buffer.from(answer).toString('base64'), saidAt: from, until}}
  } catch (error) {
    return {state: 'unknown', why: error instanceof Error ? error.message : String(error)}
  }
}

interface Silence {
  readonly row: CertificateRow
  readonly name: Whose
  readonly standing: Exclude<Answered, {said: Said}>
}

async function silent({ledger, clock}: Platform, {row, name, standing}: Silence, tell: (text: string) => void) {
  const at = clock.now()
  const until = (await stapleOf(ledger, row.id))?.until
  const over = until && Temporal.Instant.compare(countsUntil({until}), at) <= 0
  if (over || standing.state === 'revoked') await forgetSaid(ledger, row.id)
  const error = standing.state === 'revoked' ? `it was revoked on ${standing.since}` : standing.why
  await noteSilence(ledger, row.id, {at, error})
  tell(`${row.responder}: ${error}`)
  if (standing.state !== 'revoked') return
  const {hostname} = row
  const facts = {hostname, responder: row.responder, since: `${standing.since}`}
  const remedies = [`selfhelp certificate issue ${name.environment} --host ${hostname}`]
  if (row.state === 'candidate')
    throw new Refusal('certificate-unfit', `The certificate of ${hostname} was revoked on ${standing.since}.`, {
      facts,
      remedies,
    })
  const {tenant, environment} = name
  const about = {kind: 'certificate-revoked', subject: hostname, tenant, remedy: remedies[0] ?? ''}
  await noteFinding(ledger, {...about, detail: {environment, ...facts}}, at)
}
