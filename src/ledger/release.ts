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
