import {createHash, type KeyObject, verify} from 'node:crypto'
import {createReadStream} from 'node:fs'
import {readFile, stat} from 'node:fs/promises'
import {basename, dirname, join} from 'node:path'
import {pipeline} from 'node:stream/promises'
import {Refusal} from '../error.ts'
import {architectures, checkVersion, type Manifest, type Release, releaseNames} from './model.ts'
import {sumsOf} from './sums.ts'

/** What was recorded of an archive when it was proven. */
export type Recorded = Pick<Release['archive'], 'sha256' | 'size'>

/**
 * Proves that an archive and the files beside it are what the holder of the key signed, and gives the release. An archive
 * that is as long as recorded is not read again: each host proves its bytes against the signed sum before it unpacks them.
 * Throws `Refusal('release-invalid')` saying which proof failed, `Refusal('input-invalid')` for a file that is none.
 */
export async function verifyRelease(archive: string, publicKey: KeyObject, recorded?: Recorded): Promise<Release> {
  const [, version = '', architecture = ''] =
    /^selfhelp-runtime-(.+)-([a-z0-9]+)\.tar\.gz$/.exec(basename(archive)) ?? []
  const known = architectures.find(one => one === architecture)
  if (!known) throw unreadable(archive, 'its name is not selfhelp-runtime-VERSION-ARCHITECTURE.tar.gz')
  const names = releaseNames(checkVersion(version), known)
  const read = async (name: string) =>
    await readFile(join(dirname(archive), name)).catch(() => {
      throw unreadable(archive, `${name} is not beside it`)
    })
  const [sums, signature, manifestBytes] = await Promise.all([
    read(names.sums),
    read(names.signature),
    read(names.manifest),
  ])
  const size = (await stat(archive).catch(() => undefined))?.size ?? 0
  const sha256 = recorded?.size === size ? recorded.sha256 : await sha256Of(archive)
  if (!verify(null, sums, publicKey, signature)) throw invalid(archive, 'the signature is not of this key')
  if (sums.toString() !== sumsOf([sha256, names.archive], [hashOf(manifestBytes), names.manifest])) {
    throw invalid(archive, 'the archive or its manifest is not the signed one')
  }
  const manifest = JSON.parse(manifestBytes.toString()) as Manifest
  if (manifest.version !== version || manifest.architecture !== known) {
    throw invalid(archive, `its manifest is of ${manifest.version} for ${manifest.architecture}`)
  }
  const {from, to} = manifest.schema ?? {}
  if (![from, to].every(level => Number.isInteger(level) && level >= 0 && level < 10_000))
    throw invalid(archive, 'its manifest names no schema levels')
  return {
    manifest,
    archive: {file: archive, sha256, size},
    sums: sums.toString(),
    signature: signature.toString('base64'),
  }
}

async function sha256Of(file: string): Promise<string> {
  const hash = createHash('sha256')
  await pipeline(createReadStream(file), hash).catch(() => {
    throw unreadable(file, 'it cannot be read')
  })
  return hash.digest('hex')
}

function hashOf(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex')
}

function unreadable(file: string, why: string): Refusal {
  return new Refusal('input-invalid', `${file} is not a release: ${why}.`, {
    facts: {file},
    remedies: ['Name the .tar.gz of a release, with its .manifest.json, .sums and .sig beside it.'],
  })
}

function invalid(file: string, why: string): Refusal {
  return new Refusal('release-invalid', `${file} was not accepted: ${why}.`, {
    facts: {file, why},
    remedies: ['Fetch the release again from where it was built, or ask who signed it.'],
  })
}
