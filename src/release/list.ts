import type {Temporal} from 'temporal-polyfill'
import {Refusal} from '../error.ts'
import type {Queries} from '../ledger/ledger.ts'
import {notesOf, type ReleaseRow, releases, withdrawals} from '../ledger/release.ts'
import {compareVersions, type Manifest, type Notes} from './model.ts'

export interface ReleaseStatus {
  readonly version: string
  readonly architecture: string
  readonly schemaLevel: number
  readonly size: number
  readonly sha256: string
  readonly addedAt: Temporal.Instant
  /** Why nothing is brought to it any more. */
  readonly withdrawn?: string | undefined
}

/** Every release, newest version first. */
export async function listReleases(ledger: Queries): Promise<{items: readonly ReleaseStatus[]}> {
  const [rows, gone] = [await releases(ledger), await reasons(ledger)]
  return {items: rows.toSorted((a, b) => compareVersions(b.version, a.version)).map(row => statusOf(row, gone))}
}

export interface ReleaseShown {
  readonly version: string
  readonly notes?: Notes | undefined
  readonly builds: readonly (ReleaseStatus & {readonly signature: string; readonly manifest: Manifest})[]
}

/** One version, with what each of its archives holds. Throws `Refusal('not-found')`. */
export async function showRelease(ledger: Queries, version: string): Promise<ReleaseShown> {
  const rows = (await releases(ledger)).filter(row => row.version === version)
  const gone = await reasons(ledger)
  if (rows.length === 0) {
    throw new Refusal('not-found', `There is no release ${version}.`, {remedies: ['selfhelp release list']})
  }
  return {
    version,
    notes: await notesOf(ledger, version),
    builds: rows.map(row => ({
      ...statusOf(row, gone),
      signature: row.signature,
      manifest: row.manifest as Manifest,
    })),
  }
}

async function reasons(ledger: Queries): Promise<ReadonlyMap<string, string>> {
  return new Map((await withdrawals(ledger)).map(({version, why}) => [version, why]))
}

function statusOf(row: ReleaseRow, withdrawn: ReadonlyMap<string, string>): ReleaseStatus {
  const {version, architecture, schemaLevel, size, sha256, addedAt} = row
  return {version, architecture, schemaLevel, size, sha256, addedAt, withdrawn: withdrawn.get(version)}
}
