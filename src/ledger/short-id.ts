import {randomBytes} from 'node:crypto'

const letters = 'abcdefghijkmnpqrstuvwxyz23456789'

/** A letter for the kind and six that are easy to read and to type. */
export function shortId(kind: string): string {
  return `${kind}${[...randomBytes(6)].map(byte => letters[byte % letters.length]).join('')}`
}
