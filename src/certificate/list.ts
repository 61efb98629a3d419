import type {Temporal} from 'temporal-polyfill'
import type {Clock} from '../clock.ts'
import {Bug, Refusal} from '../error.ts'
import {type CertificateSource, certificatesFor, type ServedRow, servedRows} from '../ledger/certificate.ts'
import type {Queries} from '../ledger/ledger.ts'
import {renewalAt} from './due.ts'
import type {Derogation} from './model.ts'
import {readPem} from './pem.ts'
import {certificatesIn, keyShown} from './read.ts'

/** A certificate that is served, and when its renewal is due. */
export interface ServedCertificate extends Omit<ServedRow, 'environment' | 'tenant'> {
  /** `acme/production` */
  readonly environment: string
  /** A third of its life before its end, whatever that is: 200, 100 or 47 days. */
  readonly renewalDue: Temporal.Instant
}

export interface ListAsked {
  /** Only those that end within. */
  readonly expiring?: Temporal.Duration | undefined
  /** Only those behind the one of this name. */
  readonly after?: string | undefined
  readonly limit: number
}

export interface CertificateList {
  readonly items: readonly ServedCertificate[]
  /** For `--after`, when there may be more. */
  readonly next?: string
}

/** The certificate every name is served with, the first to end first. */
export async function listCertificates(
  {ledger, clock}: {ledger: Queries; clock: Clock},
  {expiring, after, limit}: ListAsked,
): Promise<CertificateList> {
  const before = expiring && clock.now().add({seconds: Math.ceil(expiring.total('seconds'))})
  const rows = await servedRows(ledger, {before, after, limit})
  const items = rows.map(({tenant, environment, ...row}) => dated({...row, environment: `${tenant}/${environment}`}))
  const last = items.at(-1)
  return last && items.length === limit ? {items, next: last.hostname} : {items}
}

/** One name's certificates. */
export interface CertificateShown extends ServedCertificate {
  /** Who gave it, and renews it. */
  readonly source: CertificateSource
  readonly names: readonly string[]
  readonly key: string
  readonly derogation: Derogation | undefined
  /** What is served, the leaf first. */
  readonly chain: readonly {readonly subject: string; readonly notAfter: Temporal.Instant; readonly sha256: string}[]
  readonly pem: string
  readonly earlier: readonly {readonly fingerprint: string; readonly notAfter: Temporal.Instant}[]
}

/** The certificate of a name with its chain, and those before it. Throws `Refusal('not-found')`. */
export async function showCertificate(ledger: Queries, hostname: string): Promise<CertificateShown> {
  const rows = await certificatesFor(ledger, hostname)
  if (rows.length > 0) return shownCertificate(rows)
  throw new Refusal('not-found', `There is no certificate for ${hostname}.`, {
    remedies: ['selfhelp certificate list'],
  })
}

/** The certificates of one name, the newest first and at least one, as they are shown. */
export function shownCertificate(rows: Awaited<ReturnType<typeof certificatesFor>>): CertificateShown {
  const served = rows.find(({state}) => state === 'served') ?? rows[0]
  const [newest, earlier] = [served, rows.filter(each => each !== served)]
  if (!newest) throw new Bug('No certificate was to be shown.')
  const {
    hostname,
    issuer,
    fingerprint,
    notBefore,
    notAfter,
    derogation,
    tenant,
    environment,
    source,
    chain: pem,
  } = newest
  const chain = certificatesIn(readPem(Buffer.from(pem)).blocks.map(block => block.pem))
  return {
    ...dated({hostname, issuer, fingerprint, notBefore, notAfter, derogation, environment: `${tenant}/${environment}`}),
    derogation,
    source,
    names: chain[0]?.names ?? [],
    key: chain[0] ? keyShown(chain[0].key) : '',
    chain: chain.map(each => ({subject: each.subject, notAfter: each.notAfter, sha256: each.fingerprint})),
    pem,
    earlier: earlier.map(each => ({fingerprint: each.fingerprint, notAfter: each.notAfter})),
  }
}

function dated(row: Omit<ServedCertificate, 'renewalDue'>): ServedCertificate {
  return {...row, renewalDue: renewalAt(row)}
}
