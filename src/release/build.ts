import {createHash, type KeyObject, sign} from 'node:crypto'
import {createReadStream, createWriteStream} from 'node:fs'
import {mkdir, rename, rm, stat, writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import {Readable} from 'node:stream'
import {pipeline} from 'node:stream/promises'
import {promisify} from 'node:util'
import {createGzip, gzip} from 'node:zlib'
import {type Architecture, checkVersion, type Manifest, type Release, releaseNames} from './model.ts'
import {type Collected, collectFiles, type Packed} from './packed.ts'
import {sumsOf} from './sums.ts'
import {tarEnd, tarHeader, tarPadding} from './tar.ts'

export interface Build {
  /** The folder of the runtime: src, migrations, procedures, assets. */
  readonly source: string
  /** Folders laid over it, one after the other; the last has the notes. */
  readonly over?: readonly string[]
  readonly version: string
  /** The lowest schema level it migrates from. */
  readonly schemaFrom: number
  /** The Node binary to bring, for the architecture it is for. */
  readonly node: {readonly binary: string; readonly version: string; readonly architecture: Architecture}
  /** Ed25519. */
  readonly signingKey: KeyObject
  /** The folder the four files are written to. */
  readonly out: string
  /** Keeps the packed Node binary for the next build; by far the slowest part. */
  readonly cache?: string
}

/** Makes the archive, its manifest, its sums and their signature: equal input gives equal bytes. */
export async function buildRelease(build: Build): Promise<Release> {
  const {architecture} = build.node
  const names = releaseNames(checkVersion(build.version), architecture)
  await mkdir(build.out, {recursive: true})
  const node = await describe(build.node.binary)
  const collected = await collectFiles(build.source, build.over)
  const {files} = collected
  const manifest = manifestOf(build, collected, node)
  const manifestText = `${JSON.stringify(manifest, undefined, 2)}\n`
  const archive = await writeArchive(build, node, [...files, textFile('manifest.json', manifestText)])
  const sums = sumsOf([archive.sha256, names.archive], [sha256(manifestText), names.manifest])
  const signature = sign(null, Buffer.from(sums), build.signingKey)
  await Promise.all([
    writeFile(join(build.out, names.manifest), manifestText),
    writeFile(join(build.out, names.sums), sums),
    writeFile(join(build.out, names.signature), signature),
  ])
  return {manifest, archive, sums, signature: signature.toString('base64')}
}

interface Described {
  readonly size: number
  readonly sha256: string
}

async function describe(file: string): Promise<Described> {
  const hash = createHash('sha256')
  await pipeline(createReadStream(file), hash)
  return {size: (await stat(file)).size, sha256: hash.digest('hex')}
}

function textFile(path: string, text: string): Packed {
  const content = Buffer.from(text)
  return {path, mode: 0o444, size: content.length, sha256: sha256(content), content}
}

function manifestOf(build: Build, {files, schemaTo, notes}: Collected, node: Described): Manifest {
  return {
    format: 1,
    product: 'selfhelp-runtime',
    version: build.version,
    architecture: build.node.architecture,
    node: build.node.version,
    schema: {from: build.schemaFrom, to: schemaTo},
    notes,
    files: [...files, {path: 'bin/node', ...node}]
      .map(({path, size, sha256}) => ({path, size, sha256}))
      .sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0)),
  }
}

// A gzip file may have several members, one after the other: Node's own is packed once and kept.
async function writeArchive(build: Build, node: Described, files: Packed[]): Promise<Release['archive']> {
  const file = join(build.out, releaseNames(build.version, build.node.architecture).archive)
  const nodeMember = await packNode(build, node)
  const rest = await promisify(gzip)(Buffer.concat([...tarParts(files), tarEnd()]), {level: 6})
  const partial = `${file}.partial`
  const hash = createHash('sha256')
  let size = 0
  const counted = async function* () {
    for (const part of [createReadStream(nodeMember.file), [rest]]) {
      for await (const bytes of part as AsyncIterable<Buffer>) {
        hash.update(bytes)
        size += bytes.length
        yield bytes
      }
    }
  }
  await pipeline(Readable.from(counted()), createWriteStream(partial))
  await rename(partial, file)
  if (nodeMember.temporary) await rm(nodeMember.file)
  return {file, sha256: hash.digest('hex'), size}
}

async function packNode(build: Build, node: Described): Promise<{file: string; temporary: boolean}> {
  const folder = build.cache ?? build.out
  const file = join(folder, `node-${node.sha256}.tar.gz`)
  const temporary = build.cache === undefined
  if (!temporary && (await stat(file).catch(() => undefined))) return {file, temporary}
  await mkdir(folder, {recursive: true})
  const partial = `${file}.${process.pid}.partial`
  const parts = async function* () {
    yield tarHeader({path: 'bin', type: 'directory', mode: 0o755, size: 0})
    yield tarHeader({path: 'bin/node', type: 'file', mode: 0o555, size: node.size})
    yield* createReadStream(build.node.binary)
    yield tarPadding(node.size)
  }
  await pipeline(Readable.from(parts()), createGzip({level: 6}), createWriteStream(partial))
  await rename(partial, file)
  return {file, temporary}
}

function tarParts(files: Packed[]): Buffer[] {
  const folders = new Set(files.flatMap(({path}) => parents(path)))
  folders.delete('bin')
  return [
    ...[...folders].sort().map(path => tarHeader({path, type: 'directory', mode: 0o755, size: 0})),
    ...files.flatMap(({path, mode, size, content}) => [
      tarHeader({path, type: 'file', mode, size}),
      content,
      tarPadding(size),
    ]),
  ]
}

function parents(path: string): string[] {
  const parts = path.split('/').slice(0, -1)
  return parts.map((_, at) => parts.slice(0, at + 1).join('/'))
}

function sha256(bytes: string | Buffer): string {
  return createHash('sha256').update(bytes).digest('hex')
}
