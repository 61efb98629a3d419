import {randomUUID} from 'node:crypto'
import {
  appendFileSync,
  createReadStream,
  existsSync,
  mkdirSync,
  readdirSync,
  renameSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import {dirname, join} from 'node:path'
import {Failure} from '../error.ts'
import type {Action, Fence, Machine} from '../machine/model.ts'

/** A folder here, and the one on a host that holds the same. */
export interface Mirror {
  readonly here: string
  readonly there: string
}

/**
 * Brings to the host what it lacks, first what others build on, what names it last; then takes away what is here no more.
 * Half of it never looks like all of it: each file is put whole, and what knows of them comes after them.
 */
export async function bring(machine: Machine, {here, there}: Mirror, fence: Fence): Promise<{files: number}> {
  const [own, theirs] = [filesIn(here), await filesOn(machine, there)]
  const lacking = [...own].filter(([path, size]) => namesOthers(path) || theirs.get(path) !== size)
  const ordered = lacking.toSorted(([a], [b]) => rank(a) - rank(b) || (a < b ? -1 : 1))
  for (const batch of batches(ordered, {files: mostFiles, bytes: mostBytes})) {
    const folders = [...new Set(batch.map(([path]) => dirname(path)))]
    const actions: Action[] = folders.flatMap(folder => foldersTo(there, folder))
    for (const [path, size] of batch)
      actions.push({
        act: 'put',
        args: [join(there, path), 'root', 'root', '0600'],
        input: {size, open: () => createReadStream(join(here, path), {end: Math.max(0, size - 1)})},
      })
    await machine.act(`bring-${randomUUID()}`, actions, fence)
  }
  await takeAway(machine, {own, theirs, there}, fence)
  return {files: ordered.length}
}

/** Brings here what the host holds, and what is here already is not brought again. */
export async function fetch(machine: Machine, {here, there}: Mirror): Promise<{files: number}> {
  const theirs = await filesOn(machine, there)
  if (theirs.size === 0) throw nothing(machine.host, there)
  const own = existsSync(here) ? filesIn(here) : new Map<string, number>()
  const lacking = [...theirs].filter(([path, size]) => namesOthers(path) || own.get(path) !== size)
  mkdirSync(here, {recursive: true, mode: 0o700})
  for (const batch of batches(lacking, {files: 50, bytes: block})) await fetchThese(machine, {here, there}, batch)
  return {files: lacking.length}
}

/** The text of one small file there; undefined when there is none. */
export async function textThere(machine: Machine, path: string): Promise<string | undefined> {
  const [answer] = await machine.ask([{ask: 'run', args: ['cat', path]}])
  return answer?.exit === 0 ? answer.out : undefined
}

/** What names other files is small, keeps its name, and is written anew. */
const namesOthers = (path: string): boolean => /\.info(?:\.copy)?$/.test(path)

const rank = (path: string): number => (namesOthers(path) ? 2 : /backup\.manifest/.test(path) ? 1 : 0)

/** Sizes by path; links and what is being written are nobody else's matter. */
function filesIn(folder: string, within = ''): ReadonlyMap<string, number> {
  const found = new Map<string, number>()
  for (const entry of readdirSync(join(folder, within), {withFileTypes: true})) {
    const path = join(within, entry.name)
    if (entry.isDirectory()) for (const [inner, size] of filesIn(folder, path)) found.set(inner, size)
    else if (entry.isFile() && !/\.(?:tmp|part)$/.test(entry.name)) found.set(path, statSync(join(folder, path)).size)
  }
  return found
}

async function filesOn(machine: Machine, folder: string): Promise<ReadonlyMap<string, number>> {
  const find = ['find', folder, '-type', 'f', '-not', '-path', '*/.selfhelp.*', '-printf', '%s %P\\n']
  const [answer] = await machine.ask([{ask: 'run', args: find}])
  const lines = answer?.out.split('\n').filter(Boolean) ?? []
  return new Map(
    lines.map(line => {
      const sized = sizedIn(line)
      if (sized === undefined) throw cut(machine.host, folder)
      return sized
    }),
  )
}

/** What a host says is written here as root: only names below names, so that nothing leads out of the folder. */
function sizedIn(line: string): Sized | undefined {
  const [, digits, path = ''] = /^(\d+) ([^\0]+)$/.exec(line) ?? []
  const size = Number(digits)
  const within = path.split('/').every(part => part !== '' && part !== '.' && part !== '..')
  return Number.isSafeInteger(size) && within ? [path, size] : undefined
}

const mostFiles = 200
const mostBytes = 64 * 1024 ** 2

type Sized = readonly [path: string, size: number]

/** An exchange lies on a disk before it is done: not all at once. */
function batches(all: readonly Sized[], most: {files: number; bytes: number}): readonly (readonly Sized[])[] {
  const found: Sized[][] = []
  let bytes = 0
  for (const file of all) {
    const last = found.at(-1)
    const fits = last !== undefined && last.length < most.files && bytes + file[1] <= most.bytes
    if (fits) last.push(file)
    else found.push([file])
    bytes = fits ? bytes + file[1] : file[1]
  }
  return found
}

function foldersTo(there: string, folder: string): readonly Action[] {
  const parts = folder === '.' ? [] : folder.split('/')
  const paths = [there, ...parts.map((_, at) => join(there, ...parts.slice(0, at + 1)))]
  return [dirname(there), ...paths].map(path => ({act: 'directory', args: [path, 'root', 'root', '0700']}))
}

interface Gone {
  readonly own: ReadonlyMap<string, number>
  readonly theirs: ReadonlyMap<string, number>
  readonly there: string
}

/** An empty folder here is an accident, and no reason to lose what is there. */
async function takeAway(machine: Machine, {own, theirs, there}: Gone, fence: Fence): Promise<void> {
  const gone = [...theirs.keys()].filter(path => !own.has(path))
  if (gone.length === 0 || ![...own.keys()].some(path => path.endsWith('backup.info'))) return
  const actions = gone.map(path => ({act: 'remove', args: [join(there, path)]}))
  for (let at = 0; at < actions.length; at += mostFiles)
    await machine.act(`take-away-${randomUUID()}`, actions.slice(at, at + mostFiles), fence)
}

const block = 4 * 1024 ** 2

/** Small ones together in one exchange; a large one in blocks. */
async function fetchThese(machine: Machine, {here, there}: Mirror, files: readonly Sized[]): Promise<void> {
  const blocks = files.flatMap(([path, size]) =>
    Array.from({length: Math.ceil(size / block)}, (_, n) => ({
      path,
      at: n * block,
      size: Math.min(block, size - n * block),
    })),
  )
  for (const [path] of files) {
    mkdirSync(dirname(join(here, path)), {recursive: true, mode: 0o700})
    writeFileSync(join(here, `${path}.part`), '', {mode: 0o600})
  }
  for (const some of batches(
    blocks.map((one, n) => [`${n}`, one.size]),
    {files: 50, bytes: block},
  )) {
    const asked = some.flatMap(([n]) => blocks[Number(n)] ?? [])
    const answers = await machine.ask(asked.map(one => ({ask: 'run', args: reading(join(there, one.path), one.at)})))
    for (const [n, {path, size}] of asked.entries()) {
      const bytes = Buffer.from(answers[n]?.out ?? '', 'base64')
      if (bytes.length !== size) throw cut(machine.host, join(there, path))
      appendFileSync(join(here, `${path}.part`), bytes)
    }
  }
  for (const [path] of files) renameSync(join(here, `${path}.part`), join(here, path))
}

const reading = (file: string, at: number): readonly string[] => [
  ...['sh', '-c', 'tail -c "+$2" -- "$1" | head -c "$3" | base64 -w 0', '-'],
  ...[file, `${at + 1}`, `${block}`],
]

function nothing(host: string, folder: string): Failure {
  return new Failure('backup-engine-failed', `${host} holds no backup of a ledger in ${folder}.`, {
    facts: {host, folder},
    remedies: [`On ${host}: ls -R ${folder}`],
  })
}

function cut(host: string, file: string): Failure {
  return new Failure('backup-engine-failed', `${file} could not be read whole on ${host}.`, {
    facts: {host, file},
    remedies: ['Type it again: what is here already is not brought again.'],
  })
}
