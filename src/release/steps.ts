import {createReadStream} from 'node:fs'
import {join} from 'node:path'
import {Refusal} from '../error.ts'
import type {Queries} from '../ledger/ledger.ts'
import {release, releases, withdrawals} from '../ledger/release.ts'
import type {ReleaseWanted} from '../machine/model.ts'
import {archiveFolder, verifyAny} from './add.ts'
import {acceptedKeys, pemOf} from './key.ts'
import {type Architecture, compareVersions, type Manifest, releaseNames} from './model.ts'
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

/** The version new environments get: the highest that was not withdrawn. Throws `Refusal('not-found')`. */
export async function newestVersion({ledger}: Pick<Shelf, 'ledger'>): Promise<string> {
  const withdrawn = (await withdrawals(ledger)).map(({version}) => version)
  const versions = (await releases(ledger))
    .map(row => row.version)
    .filter(version => !withdrawn.includes(version))
    .toSorted(compareVersions)
  const newest = versions.at(-1)
  if (newest === undefined) throw missing('There is no release yet.')
  return newest
}

/**
 * That a platform at one version can be brought to another. Throws `Refusal` `not-found`, and `release-unfit` for a
 * version that was withdrawn, is not newer, or does not migrate from that schema (R134, R151).
 */
export async function assertReachable(ledger: Queries, {from, to}: {from: string; to: string}): Promise<void> {
  const all = await releases(ledger)
  const [old, next] = [all.find(row => row.version === from), all.find(row => row.version === to)]
  if (!next) throw missing(`There is no release ${to}.`)
  const withdrawn = (await withdrawals(ledger)).find(({version}) => version === to)
  if (withdrawn) throw unfit(from, to, `${to} was withdrawn: ${withdrawn.why}`)
  if (compareVersions(to, from) <= 0)
    throw unfit(from, to, `${to} is not newer, and no version is undone by an older one`)
  const level = old?.schemaLevel ?? 0
  const {schema} = next.manifest as Manifest
  if (level < schema.from || level > schema.to)
    throw unfit(
      from,
      to,
      `it migrates schemas from level ${schema.from} to ${schema.to}, and ${from} stands at ${level}`,
    )
}

function unfit(from: string, to: string, why: string): Refusal {
  return new Refusal('release-unfit', `What runs ${from} cannot be brought to ${to}: ${why}.`, {
    facts: {from, to},
    remedies: ['selfhelp release list', `selfhelp release show ${to}`],
  })
}

function missing(message: string): Refusal {
  return new Refusal('not-found', message, {remedies: ['selfhelp release build', 'selfhelp release add FILE']})
}
