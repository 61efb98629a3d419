import {existsSync, readdirSync, readFileSync} from 'node:fs'
import {join} from 'node:path'

/** What this running copy is: its folder, its version, the schema level it works with. */
export interface Release {
  readonly root: string
  readonly version: string
  readonly schemaLevel: number
}

/** Reads the release manifest; a source checkout has none and counts as a development version. */
export function readRelease(root: string): Release {
  const manifest = join(root, 'manifest.json')
  const version = existsSync(manifest)
    ? (JSON.parse(readFileSync(manifest, 'utf8')) as {version: string}).version
    : `${(JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {version: string}).version}-dev`
  return {root, version, schemaLevel: readdirSync(join(root, 'migrations')).filter(f => f.endsWith('.sql')).length}
}
