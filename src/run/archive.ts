import {gzipSync} from 'node:zlib'

const block = 512

/** A .tar.gz of these texts, in this order; each readable by its owner only. `seconds` since 1970 is their time. */
export function archive(folder: string, files: Readonly<Record<string, string>>, seconds: number): Buffer {
  const parts = Object.entries(files).flatMap(([name, text]) => {
    const body = Buffer.from(text)
    const padding = Buffer.alloc((block - (body.length % block)) % block)
    return [header(`${folder}/${name}`, body.length, seconds), body, padding]
  })
  return gzipSync(Buffer.concat([...parts, Buffer.alloc(2 * block)]))
}

/** A ustar header. */
function header(name: string, size: number, seconds: number): Buffer {
  const bytes = Buffer.alloc(block)
  const octal = (value: number, width: number) => value.toString(8).padStart(width - 1, '0')
  const put = (text: string, at: number) => bytes.write(text, at, 'utf8')
  put(name.slice(0, 100), 0)
  put(octal(0o600, 8), 100)
  put(octal(0, 8), 108)
  put(octal(0, 8), 116)
  put(octal(size, 12), 124)
  put(octal(seconds, 12), 136)
  put('        ', 148)
  put('0', 156)
  put('ustar\x0000', 257)
  const sum = bytes.reduce((total, byte) => total + byte, 0)
  put(`${octal(sum, 7)}\0 `, 148)
  return bytes
}
