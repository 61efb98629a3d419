import {existsSync} from 'node:fs'
import {readdir, readFile} from 'node:fs/promises'
import {createRequire} from 'node:module'
import {dirname, join} from 'node:path'
import {Refusal} from '../error.ts'
import {addReleaseFile, type ReleaseAdded} from './add.ts'
import {type Build, buildRelease} from './build.ts'
import {signingKey} from './key.ts'
import {type Architecture, checkVersion, compareVersions} from './model.ts'
import type {Shelf} from './shelf.ts'
import {staged} from './staging.ts'

export interface Make {
  /** The checkout: its `runtime` is built, with the Node of its packages. */
  readonly root: string
  /** The runtime's own when left out. */
  readonly version?: string
  readonly architecture: Architecture
}

/**
 * Builds a release of the checkout's runtime, signs it with our key and records it; the same again changes nothing. What
 * lies in `runtime/releases/<version>` up to its version is laid over it.
 */
export async function makeRelease(shelf: Shelf, {root, version, architecture}: Make): Promise<ReleaseAdded> {
  const source = join(root, 'runtime')
  const built = checkVersion(version ?? (await versionOf(source)))
  const over = await laidOver(source, built)
  const last = over.at(-1) ?? source
  const notes = {
    fr: await readFile(join(last, 'NOTES.fr.md'), 'utf8'),
    en: await readFile(join(last, 'NOTES.md'), 'utf8'),
  }
  return await staged(join(shelf.home, 'cache'), async out => {
    const {archive} = await buildRelease({
      ...{source, over, version: built, schemaFrom: await schemaFrom(last), out, cache: join(shelf.home, 'cache')},
      node: await nodeOf(root, architecture),
      signingKey: await signingKey(shelf),
    })
    return await addReleaseFile(shelf, {file: archive.file, notes})
  })
}

async function laidOver(source: string, version: string): Promise<readonly string[]> {
  const folder = join(source, 'releases')
  if (!existsSync(folder)) return []
  const versions = (await readdir(folder)).map(checkVersion).sort(compareVersions)
  return versions.filter(each => compareVersions(each, version) <= 0).map(each => join(folder, each))
}

/** The level from which it migrates stands beside what it brings; any level when it says nothing. */
async function schemaFrom(folder: string): Promise<number> {
  const file = join(folder, 'release.json')
  if (!existsSync(file)) return 0
  return (JSON.parse(await readFile(file, 'utf8')) as {schemaFrom: number}).schemaFrom
}

async function nodeOf(root: string, architecture: Architecture): Promise<Build['node']> {
  const name = `node-linux-${architecture}`
  try {
    const folder = dirname(createRequire(join(root, 'package.json')).resolve(`${name}/package.json`))
    return {binary: join(folder, 'bin/node'), version: await versionOf(folder), architecture}
  } catch (cause) {
    throw new Refusal('input-invalid', `The Node of ${architecture} is not in this checkout.`, {
      facts: {package: name},
      remedies: [`Build on a machine of ${architecture}, or: npm install --no-save --force ${name}`],
      cause,
    })
  }
}

async function versionOf(folder: string): Promise<string> {
  return (JSON.parse(await readFile(join(folder, 'package.json'), 'utf8')) as {version: string}).version
}
