import {createReadStream} from 'node:fs'
import {join} from 'node:path'
import {Refusal} from '../error.ts'
import {release, releases} from '../ledger/release.ts'
import type {ReleaseWanted} from '../machine/model.ts'
import {archiveFolder, verifyAny} from './add.ts'
import {acceptedKeys, pemOf} from './key.ts'
import {type Architecture, compareVersions, releaseNames} from './model.ts'
import type {Shelf} from './shelf.ts'

/** A release as a host wants it, and the schema level it serves. */
export interface Deployable {
  readonly wanted: ReleaseWanted
  readonly schemaLevel: number
}

/** A release of the ledger, proven again from the files in the home. Throws `Refusal` `not-found`, `release-invalid`. */
export async function deployable(
  shelf: Pick<Shelf, 'ledger' | 'secrets' | 'home'>,
  {version, architecture}: {version: string; architecture: Architecture},
): Promise<Deployable> {
  const row = await release(shelf.ledger, {version, architecture})
  if (!row) throw missing(`There is no release ${version} for ${architecture}.`)
  const file = join(archiveFolder(shelf.home), releaseNames(version, architecture).archive)
  const found = await verifyAny(file, await acceptedKeys(shelf), row)
  if (found.archive.sha256 !== row.sha256) {
    throw new Refusal('release-invalid', `${file} is not the release ${version} that is on record.`, {
      facts: {file, recorded: row.sha256, found: found.archive.sha256},
      remedies: ['Put the recorded archive back; releases never change.'],
    })
  }
  const {sha256, size} = found.archive
  const wanted: ReleaseWanted = {
    kind: 'release',
    version,
    archive: {sha256, size, open: () => createReadStream(file, {highWaterMark: 262_144})},
    manifest: found.sums,
    signature: found.signature,
    publicKey: pemOf(found.key),
  }
  return {wanted, schemaLevel: row.schemaLevel}
}

/** The version new environments get: the highest there is. Throws `Refusal('not-found')`. */
export async function newestVersion({ledger}: Pick<Shelf, 'ledger'>): Promise<string> {
  const versions = (await releases(ledger)).map(row => row.version).toSorted(compareVersions)
  const newest = versions.at(-1)
  if (newest === undefined) throw missing('There is no release yet.')
  return newest
}

function missing(message: string): Refusal {
  return new Refusal('not-found', message, {remedies: ['selfhelp release build', 'selfhelp release add FILE']})
}
