import {Bug} from '../error.ts'

export interface Entry {
  readonly path: string
  readonly type: 'file' | 'directory'
  readonly mode: number
  readonly size: number
}

const block = 512

// 2000-01-01T00:00:00Z. Everything else an archive could vary by is fixed as well; tar complains about 1970.
const time = 946_684_800

/** The ustar header of an entry, owned by root: equal entries have equal bytes. */
export function tarHeader(entry: Entry): Buffer {
  const name = entry.type === 'directory' ? `${entry.path}/` : entry.path
  if (Buffer.byteLength(name) > 100) throw new Bug(`${name} is too long a name for a release archive.`)
  const header = Buffer.alloc(block)
  header.write(name, 0)
  header.write(octal(entry.mode, 7), 100)
  header.write(octal(0, 7), 108)
  header.write(octal(0, 7), 116)
  header.write(octal(entry.size, 11), 124)
  header.write(octal(time, 11), 136)
  header.write('        ', 148)
  header.write(entry.type === 'directory' ? '5' : '0', 156)
  header.write('ustar\0' + '00', 257)
  header.write('root', 265)
  header.write('root', 297)
  header.write(
    `${octal(
      header.reduce((sum, byte) => sum + byte, 0),
      6,
    )}\0 `,
    148,
  )
  return header
}

/** The zeros after an entry's content. */
export function tarPadding(size: number): Buffer {
  return Buffer.alloc((block - (size % block)) % block)
}

/** What ends an archive. */
export function tarEnd(): Buffer {
  return Buffer.alloc(2 * block)
}

function octal(value: number, digits: number): string {
  return value.toString(8).padStart(digits, '0')
}
