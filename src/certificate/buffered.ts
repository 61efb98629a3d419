/** Reads a stream whole. Throws `RangeError` once it is larger than allowed; the rest of it is left. */
export async function buffered(stream: AsyncIterable<Uint8Array>, largest: number): Promise<Buffer> {
  const parts: Uint8Array[] = []
  let size = 0
  for await (const part of stream) {
    parts.push(part)
    size += part.length
    if (size > largest) throw new RangeError(`its answer is larger than ${largest} bytes`)
  }
  return Buffer.concat(parts)
}
