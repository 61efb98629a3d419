import type {Answer} from '../model.ts'
import {wellFormed} from './read.ts'

/** What the file system says of a path. Times are nanoseconds since 1970. */
export interface Stat {
  /** Octal, four digits. */
  readonly mode: string
  readonly owner: string
  readonly group: string
  readonly size: number
  readonly modified: bigint
  /** Of content, name or attributes: also a file moved into place is seen as changed. */
  readonly changed: bigint
  /** In the words of stat: `regular file`, `directory`, `symbolic link`. */
  readonly type: string
}

export interface FileFact extends Stat {
  readonly sha256: string | undefined
  readonly content: string | undefined
}

/** Parses one `stat` answer (`644 root root 12 1.5 1.5 regular file`); undefined when the path does not exist. Throws `Unreadable`. */
export function statFact(answer: Answer | undefined): Stat | undefined {
  const line = answer?.out.split('\n')[0] ?? ''
  const [mode = '', owner = '', group = '', size, modified, changed, ...type] = line.split(' ')
  if (line === '') return undefined
  const kind = type.join(' ').replace('regular empty file', 'regular file')
  return {
    mode: modeOf(wellFormed(mode, /^[0-7]{1,4}$/, 'a mode')),
    owner,
    group,
    size: Number(wellFormed(size, /^\d{1,15}$/, 'a size')),
    modified: nanoseconds(modified),
    changed: nanoseconds(changed),
    type: kind,
  }
}

/** Parses one `file` answer: the stat line, then the hash, then the content in base64. */
export function fileFact(answer: Answer | undefined): FileFact | undefined {
  const stat = statFact(answer)
  if (!stat) return undefined
  const [, sha256, content] = answer?.out.split('\n') ?? []
  const text = content === undefined ? undefined : Buffer.from(content, 'base64').toString('utf8')
  // Half a file, or one that is no text, would make a wrong diff.
  const readable = text !== undefined && !text.includes('\0') && stat.size <= 65536
  return {...stat, sha256: sha256 || undefined, content: readable ? text : stat.size === 0 ? '' : undefined}
}

/** A mode in four octal digits. */
export const modeOf = (mode: string) => mode.padStart(4, '0')

/** Seconds with a decimal point, as nanoseconds. Throws `Unreadable`. */
export function nanoseconds(seconds = '0'): bigint {
  const [whole = '0', part = ''] = wellFormed(seconds, /^-?\d{1,15}(\.\d*)?$/, 'a time').split('.')
  return BigInt(whole) * 1_000_000_000n + BigInt(part.padEnd(9, '0').slice(0, 9))
}
