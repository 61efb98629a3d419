import type {Temporal} from 'temporal-polyfill'
import type {Queries} from './ledger.ts'

export interface ReleaseRow {
  readonly version: string
  readonly architecture: string
  readonly schemaLevel: number
  readonly sha256: string
  readonly size: number
  /** Ed25519 over the signed text, base64. */
  readonly signature: string
  readonly manifest: object
  readonly addedAt: Temporal.Instant
}

/** Every release, in the order they were added. */
export async function releases(ledger: Queries): Promise<ReleaseRow[]> {
  return ledger.all<ReleaseRow>`select * from release order by added_at, version, architecture`
}

/** One release for one architecture. */
export async function release(
  ledger: Queries,
  {version, architecture}: Pick<ReleaseRow, 'version' | 'architecture'>,
): Promise<ReleaseRow | undefined> {
  return ledger.one<ReleaseRow>`select * from release where version = ${version} and architecture = ${architecture}`
}

/** Records a release; false when there is one of that version and architecture: releases never change. */
export async function addRelease(ledger: Queries, row: Omit<ReleaseRow, 'addedAt'>): Promise<boolean> {
  const {version, architecture, schemaLevel, sha256, size, signature, manifest} = row
  const added = await ledger.one`
    insert into release (version, architecture, schema_level, sha256, size, signature, manifest)
    values (${version}, ${architecture}, ${schemaLevel}, ${sha256}, ${size}, ${signature}, ${manifest})
    on conflict do nothing returning version`
  return added !== undefined
}

/** What a version brings, in both languages; what was said first stays. */
export async function putNotes(
  q: Queries,
  {version, fr, en}: {version: string; fr: string; en: string},
): Promise<void> {
  await q.all`insert into release_note (version, fr, en) values (${version}, ${fr}, ${en}) on conflict do nothing`
}

/** What a version brings; undefined for one that was added before notes were wanted. */
export async function notesOf(q: Queries, version: string): Promise<{fr: string; en: string} | undefined> {
  return q.one`select fr, en from release_note where version = ${version}`
}

export interface WithdrawalRow {
  readonly version: string
  readonly why: string
  readonly operator: string
  readonly at: Temporal.Instant
}

/** Versions nothing is brought to any more. */
export async function withdrawals(q: Queries): Promise<WithdrawalRow[]> {
  return q.all<WithdrawalRow>`select * from release_withdrawal order by at`
}

/** Withdraws a version; false when it was. */
export async function withdrawRelease(q: Queries, {version, why, operator, at}: WithdrawalRow): Promise<boolean> {
  const row = await q.one`
    insert into release_withdrawal (version, why, operator, at) values (${version}, ${why}, ${operator}, ${at})
    on conflict do nothing returning version`
  return row !== undefined
}
