import {randomBytes} from 'node:crypto'
import {closeSync, fsyncSync, lstatSync, openSync, readFileSync, renameSync, statSync, writeFileSync} from 'node:fs'
import {dirname} from 'node:path'
import {Refusal} from '../error.ts'

/** Reads a file that somebody named; a Refusal `input-invalid` when it cannot be read, saying why. */
export function readNamed(file: string, remedies: readonly string[] = []): string {
  return reading(file, remedies, () => readFileSync(file, 'utf8'))
}

/** Reads a file that only its owner may read; a Refusal `file-exposed` when others may, `input-invalid` when we may not. */
export function readPrivateFile(file: string): string {
  const mode = reading(file, [], () => statSync(file).mode & 0o777)
  if ((mode & 0o077) !== 0)
    throw new Refusal('file-exposed', `${file} is open to others (mode ${mode.toString(8)}); it was not read.`, {
      remedies: [`chmod 600 ${file}`],
    })
  return readNamed(file)
}

function reading<T>(file: string, remedies: readonly string[], read: () => T): T {
  try {
    return read()
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? `${cause.code}` : ''
    throw new Refusal('input-invalid', `${file} cannot be read: ${whys[code] ?? code}.`, {
      facts: {file},
      remedies,
      cause,
    })
  }
}

const whys: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  EACCES: 'you may not read it',
  EISDIR: 'it is a folder',
}

/** Writes a file whole or not at all, on disk when this returns; mode 0600 unless it is public. */
export function writeWhole(file: string, content: string | Buffer, mode = 0o600): void {
  const beside = `${file}.${randomBytes(4).toString('hex')}`
  const descriptor = openSync(beside, 'wx', mode)
  writeFileSync(descriptor, content)
  fsyncSync(descriptor)
  closeSync(descriptor)
  renameSync(beside, file)
  const folder = openSync(dirname(file), 'r')
  fsyncSync(folder)
  closeSync(folder)
}

/** Writes a file that somebody named and that is not there yet, mode 0600. Refusals `in-the-way`, `input-invalid`. */
export function writeNew(file: string, content: string): void {
  const descriptor = created(file)
  writeFileSync(descriptor, content)
  fsyncSync(descriptor)
  closeSync(descriptor)
}

function created(file: string): number {
  try {
    return openSync(file, 'wx', 0o600)
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? `${cause.code}` : ''
    const details = {facts: {file}, remedies: ['Name a new file in a folder you may write to.'], cause}
    if (code === 'EEXIST') throw new Refusal('in-the-way', `${file} is there already; it was not touched.`, details)
    throw new Refusal('input-invalid', `${file} cannot be written: ${unwritable[code] ?? code}.`, details)
  }
}

const unwritable: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such folder',
  ENOTDIR: 'it lies in no folder',
  EACCES: 'you may not write there',
}

/** Refuses, with `in-the-way`, a file to be written that is a link: it may lead anywhere. */
export function assertNoLink(file: string): void {
  if (!lstatSync(file, {throwIfNoEntry: false})?.isSymbolicLink()) return
  throw new Refusal('in-the-way', `${file} is a link to another place; nothing was written.`, {
    facts: {file},
    remedies: ['Name another file, or take the link away.'],
  })
}
