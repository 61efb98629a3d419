import {randomBytes} from 'node:crypto'
import {closeSync, fsyncSync, lstatSync, openSync, readFileSync, renameSync, statSync, writeFileSync} from 'node:fs'
import {dirname} from 'node:path'
import {Refusal} from '../error.ts'

/** Reads a file that only its owner may read; a Refusal `file-exposed` when others may. */
export function readPrivateFile(file: string): string {
  const mode = statSync(file).mode & 0o777
  if ((mode & 0o077) !== 0)
    throw new Refusal('file-exposed', `${file} is open to others (mode ${mode.toString(8)}); it was not read.`, {
      remedies: [`chmod 600 ${file}`],
    })
  return readFileSync(file, 'utf8')
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

/** Refuses, with `in-the-way`, a file to be written that is a link: it may lead anywhere. */
export function assertNoLink(file: string): void {
  if (!lstatSync(file, {throwIfNoEntry: false})?.isSymbolicLink()) return
  throw new Refusal('in-the-way', `${file} is a link to another place; nothing was written.`, {
    facts: {file},
    remedies: ['Name another file, or take the link away.'],
  })
}
