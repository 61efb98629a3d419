import {createHash} from 'node:crypto'
import {existsSync} from 'node:fs'
import {readdir, readFile} from 'node:fs/promises'
import {join} from 'node:path'
import {bundleRuntime} from './bundle.ts'

/** A file as it goes into the archive. */
export interface Packed {
  readonly path: string
  readonly mode: number
  readonly size: number
  readonly sha256: string
  readonly content: Buffer
}

// Without a JIT compiler no page is ever both written and run, so the units can forbid it (MemoryDenyWriteExecute).
// `ask` is typed outside of them and starts in half the time with it. Without the fixed threshold, malloc keeps the
// 19 MiB of each password that was checked at once: 142 MB after a flood of sign-ins instead of 64.
const start = `#!/bin/sh
export MALLOC_MMAP_THRESHOLD_=1048576
here=\${0%/*}
compiler=--jitless
[ "$1" != ask ] || compiler=--no-jitless
exec "$here/node" "$compiler" --max-old-space-size=160 "$here/../lib/main.mjs" "$@"
`

const folders = ['assets', 'migrations', 'procedures']
const notesFile = 'NOTES.md'

export interface Collected {
  readonly files: Packed[]
  readonly schemaTo: number
  readonly notes: string
}

/**
 * Everything of a release but Node: the bundle, what starts it, and the files it reads, of the source and then of each
 * folder laid over it. Sorted, so always equal.
 */
export async function collectFiles(source: string, over: readonly string[] = []): Promise<Collected> {
  const places = [source, ...over]
  const notes = await readFile(join(places.at(-1) ?? source, notesFile), 'utf8')
  const read = new Map<string, Packed>()
  for (const place of places)
    for (const folder of folders)
      for (const path of await filesUnder(place, folder))
        read.set(path, packed(path, await readFile(join(place, path))))
  const files = [
    packed('bin/selfhelp-runtime', Buffer.from(start), 0o555),
    packed(notesFile, Buffer.from(notes)),
    packed('lib/main.mjs', Buffer.from(await bundleRuntime(source))),
    ...read.values(),
  ].sort((a, b) => (a.path < b.path ? -1 : 1))
  return {files, notes, schemaTo: files.filter(file => /^migrations\/\d{4}-.+\.sql$/.test(file.path)).length}
}

async function filesUnder(source: string, folder: string): Promise<string[]> {
  if (!existsSync(join(source, folder))) return []
  const entries = await readdir(join(source, folder), {withFileTypes: true, recursive: true})
  return entries
    .filter(entry => entry.isFile())
    .map(entry => join(entry.parentPath, entry.name).slice(source.length + 1))
}

function packed(path: string, content: Buffer, mode = 0o444): Packed {
  return {path, mode, size: content.length, sha256: createHash('sha256').update(content).digest('hex'), content}
}
