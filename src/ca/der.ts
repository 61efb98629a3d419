/** The few kinds of ASN.1 a certificate is made of, written as DER. */

export const sequence = (...parts: readonly Buffer[]): Buffer => tagged(0x30, ...parts)
export const set = (...parts: readonly Buffer[]): Buffer => tagged(0x31, ...parts)
export const octets = (content: Buffer): Buffer => tagged(0x04, content)
export const text = (value: string): Buffer => tagged(0x0c, Buffer.from(value))
export const yes: Buffer = tagged(0x01, Buffer.of(0xff))

/** A whole number of any length, not negative. */
export function integer(value: Buffer | number): Buffer {
  const bytes = typeof value === 'number' ? Buffer.of(value) : value
  // A leading bit of 1 would mean a negative number.
  return tagged(0x02, (bytes[0] ?? 0) & 0x80 ? Buffer.concat([Buffer.of(0), bytes]) : bytes)
}

/** Bits, of which the last `unused` do not count. */
export function bits(content: Buffer, unused = 0): Buffer {
  return tagged(0x03, Buffer.of(unused), content)
}

/** `2.5.29.15` */
export function identifier(dotted: string): Buffer {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number)
  return tagged(0x06, Buffer.from([first * 40 + second, ...rest.flatMap(base128)]))
}

/** An instant to the second, in the form certificates want: two digits of the year before 2050. */
export function time(rfc3339: string): Buffer {
  const digits = rfc3339.replace(/\..*|[-:TZ]/g, '').slice(0, 14)
  return Number(digits.slice(0, 4)) < 2050
    ? tagged(0x17, Buffer.from(`${digits.slice(2)}Z`))
    : tagged(0x18, Buffer.from(`${digits}Z`))
}

/** A part known by its number: `[0]`, holding other parts, or bytes as they are. */
export function numbered(number: number, kind: 'parts' | 'bytes', ...content: readonly Buffer[]): Buffer {
  return tagged((kind === 'parts' ? 0xa0 : 0x80) | number, ...content)
}

function tagged(tag: number, ...parts: readonly Buffer[]): Buffer {
  const content = Buffer.concat(parts)
  return Buffer.concat([Buffer.of(tag), length(content.length), content])
}

function length(size: number): Buffer {
  if (size < 128) return Buffer.of(size)
  const bytes = Buffer.from(size.toString(16).padStart(size > 0xff ? 4 : 2, '0'), 'hex')
  return Buffer.concat([Buffer.of(0x80 | bytes.length), bytes])
}

function base128(value: number): number[] {
  const groups = [value & 0x7f]
  for (let rest = value >> 7; rest > 0; rest >>= 7) groups.unshift((rest & 0x7f) | 0x80)
  return groups
}
