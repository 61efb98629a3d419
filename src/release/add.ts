import type {KeyObject} from 'node:crypto'
import {cp, rename} from 'node:fs/promises'
import {basename, dirname, join, resolve} from 'node:path'
import {Refusal} from '../error.ts'
import {addRelease, putNotes, release} from '../ledger/release.ts'
import {acceptedKeys, acceptKey} from './key.ts'
import {assertNotes, type Notes, type Release, releaseNames} from './model.ts'
import type {Shelf} from './shelf.ts'
import {staged} from './staging.ts'
import {type Recorded, verifyRelease} from './verify.ts'

export interface ReleaseAdded {
  readonly version: string
  readonly architecture: string
  readonly schemaLevel: number
  readonly sha256: string
  readonly size: number
  readonly file: string
  readonly changed: boolean
}

/** The folder of the archives. */
export function archiveFolder(home: string): string {
  return join(home, 'releases')
}

/**
 * Proves a release, keeps its files in the home and records it; the same again changes nothing. `accept` is a key that
 * is accepted from now on. Throws `Refusal` `release-invalid`, `release-differs`, `input-invalid` also without notes (R128).
 */
export async function addReleaseFile(
  shelf: Shelf,
  {file, accept, notes}: {file: string; accept?: KeyObject; notes: Notes},
): Promise<ReleaseAdded> {
  assertNotes(notes)
  const found = await verifyAny(resolve(file), [...(await acceptedKeys(shelf)), ...(accept ? [accept] : [])])
  const {version, architecture, schema} = found.manifest
  const {sha256, size} = found.archive
  const kept = join(archiveFolder(shelf.home), basename(file))
  const before = await release(shelf.ledger, {version, architecture})
  if (before && before.sha256 !== sha256) throw differs(found, before.sha256)
  if (!shelf.rehearsal) await keep(found, dirname(kept))
  if (accept) await acceptKey(shelf, accept)
  const {manifest, signature} = found
  const row = {version, architecture, schemaLevel: schema.to, sha256, size, signature, manifest}
  const changed = await addRelease(shelf.ledger, row)
  await putNotes(shelf.ledger, {version, ...notes})
  return {version, architecture, schemaLevel: schema.to, sha256, size, file: kept, changed}
}

/** The release, if one of the keys signed it; throws what the last key said. */
export async function verifyAny(
  file: string,
  keys: readonly KeyObject[],
  recorded?: Recorded,
): Promise<Release & {key: KeyObject}> {
  let refused: unknown
  for (const key of keys) {
    try {
      return {...(await verifyRelease(file, key, recorded)), key}
    } catch (error) {
      refused = error
    }
  }
  throw refused ?? keyless(file)
}

// Copied aside first: what is in the folder under its own name is whole. The archive comes last.
async function keep({manifest, archive}: Release, folder: string): Promise<void> {
  const from = dirname(archive.file)
  if (from === folder) return
  const names = releaseNames(manifest.version, manifest.architecture)
  const all = [names.manifest, names.sums, names.signature, names.archive]
  await staged(folder, async staging => {
    for (const name of all) await cp(join(from, name), join(staging, name))
    for (const name of all) await rename(join(staging, name), join(folder, name))
  })
}

function differs({manifest, archive}: Release, recorded: string): Refusal {
  const {version, architecture} = manifest
  return new Refusal('release-differs', `Another release ${version} for ${architecture} is on record.`, {
    facts: {version, architecture, recorded, offered: archive.sha256},
    remedies: ['Build it under a new version: hosts may have the recorded one.'],
  })
}

function keyless(file: string): Refusal {
  return new Refusal('release-invalid', `${file} was not accepted: no key of releases is known here yet.`, {
    facts: {file},
    remedies: ['selfhelp release add FILE --public-key FILE.pem', 'selfhelp release build'],
  })
}
