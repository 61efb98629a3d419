import type {Temporal} from 'temporal-polyfill'
import {Refusal} from '../error.ts'
import type {Queries} from '../ledger/ledger.ts'
import {type ReleaseRow, releases} from '../ledger/release.ts'
import {compareVersions, type Manifest} from './model.ts'

export interface ReleaseStatus {
  readonly version: string
  readonly architecture: string
  readonly schemaLevel: number
  readonly size: number
  readonly sha256: string
  readonly addedAt: Temporal.Instant
}

/** Every release, newest version first. */
export async function listReleases(ledger: Queries): Promise<{items: readonly ReleaseStatus[]}> {
  const rows = await releases(ledger)
  return {items: rows.toSorted((a, b) => compareVersions(b.version, a.version)).map(statusOf)}
}

export interface ReleaseShown {
  readonly version: string
  readonly builds: readonly (ReleaseStatus & {readonly signature: string; readonly manifest: Manifest})[]
}

/** One version, with what each of its archives holds. Throws `Refusal('not-found')`. */
export async function showRelease(ledger: Queries, version: string): Promise<ReleaseShown> {
  const rows = (await releases(ledger)).filter(row => row.version === version)
  if (rows.length === 0) {
    throw new Refusal('not-found', `There is no release ${version}.`, {remedies: ['selfhelp release list']})
  }
  return {
    version,
    builds: rows.map(row => ({
      ...statusOf(row),
      signature: row.signature,
      manifest: row.manifest as Manifest,
    })),
  }
}

function statusOf({version, architecture, schemaLevel, size, sha256, addedAt}: ReleaseRow): ReleaseStatus {
  return {version, architecture, schemaLevel, size, sha256, addedAt}
}
