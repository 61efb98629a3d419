import {readFile} from 'node:fs/promises'
import {createRequire} from 'node:module'
import {dirname, join} from 'node:path'
import {Refusal} from '../error.ts'
import {addReleaseFile, type ReleaseAdded} from './add.ts'
import {type Build, buildRelease} from './build.ts'
import {signingKey} from './key.ts'
import type {Architecture} from './model.ts'
import type {Shelf} from './shelf.ts'
import {staged} from './staging.ts'

export interface Make {
  /** The checkout: its `runtime` is built, with the Node of its packages. */
  readonly root: string
  /** The runtime's own when left out. */
  readonly version?: string
  readonly architecture: Architecture
}

/** Builds a release of the checkout's runtime, signs it with our key and records it; the same again changes nothing. */
export async function makeRelease(shelf: Shelf, {root, version, architecture}: Make): Promise<ReleaseAdded> {
  return await staged(join(shelf.home, 'cache'), async out => {
    const built = await buildRelease({
      source: join(root, 'runtime'),
      version: version ?? (await versionOf(join(root, 'runtime'))),
      schemaFrom: 0,
      node: await nodeOf(root, architecture),
      signingKey: await signingKey(shelf),
      out,
      cache: join(shelf.home, 'cache'),
    })
    return await addReleaseFile(shelf, {file: built.archive.file})
  })
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
