import type {Temporal} from 'temporal-polyfill'
import type {Queries} from './ledger.ts'

/** A stored, dated proof. */
export interface EvidenceRow {
  readonly id: string
  /** `tls-scan`, `testssl`, `sslscan`. */
  readonly kind: string
  /** Id of the environment. */
  readonly environment: string
  /** What was looked at: `help.acme.example at edge-1`. */
  readonly subject: string
  readonly at: Temporal.Instant
  readonly tool: string
  readonly version: string
  readonly passed: boolean
  readonly body: Readonly<Record<string, unknown>>
}

/** Keeps a proof; it is never changed. */
export async function insertEvidence(tx: Queries, row: Omit<EvidenceRow, 'id'>): Promise<void> {
  const {kind, environment, subject, at, tool, version, passed, body} = row
  await tx.all`
    insert into evidence (kind, environment, subject, at, tool, version, passed, body)
    values (${kind}, ${environment}, ${subject}, ${at}, ${tool}, ${version}, ${passed}, ${body})`
}

/** The latest proof of each kind and subject of an environment. */
export async function latestEvidence(ledger: Queries, environment: string): Promise<EvidenceRow[]> {
  return ledger.all<EvidenceRow>`
    select distinct on (kind, subject) * from evidence where environment = ${environment} order by kind, subject, at desc`
}
