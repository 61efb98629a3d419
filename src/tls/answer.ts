import type {RecordProtocol} from './hello.ts'
import {versions} from './hello.ts'

/** What a server answered to a hello. */
export type Answer =
  | ({readonly kind: 'agreed'; readonly protocol: RecordProtocol | string; readonly suite: number} & Agreed)
  | {readonly kind: 'refused'; readonly why: string}

export interface Agreed {
  readonly alpn?: string
  /** The group of its key exchange, where one was read. */
  readonly group?: number
  /** DER, the leaf first, where it is sent in the clear (up to TLS 1.2). */
  readonly chain?: readonly Buffer[]
}

/** Bytes of one connection, read as they come; `answer` is there once enough has come. */
export class AnswerReader {
  readonly #untilKey: boolean
  #bytes = Buffer.alloc(0)
  #handshake = Buffer.alloc(0)
  #agreed: Extract<Answer, {kind: 'agreed'}> | undefined
  answer: Answer | undefined

  /** With `untilKey` it waits for certificate and key exchange, up to TLS 1.2. */
  constructor({untilKey}: {untilKey: boolean}) {
    this.#untilKey = untilKey
  }

  take(bytes: Buffer): void {
    try {
      this.#take(bytes)
    } catch (error) {
      if (!(error instanceof RangeError)) throw error
      this.answer = {kind: 'refused', why: 'its answer is cut off'}
    }
  }

  #take(bytes: Buffer): void {
    this.#bytes = Buffer.concat([this.#bytes, bytes])
    while (this.answer === undefined && this.#bytes.length >= 5) {
      const length = 5 + this.#bytes.readUInt16BE(3)
      const type = this.#bytes.readUInt8(0)
      if (type < 20 || type > 24) this.answer = {kind: 'refused', why: 'it does not speak TLS'}
      if (this.answer || this.#bytes.length < length) return
      this.#record(type, this.#bytes.subarray(5, length))
      this.#bytes = this.#bytes.subarray(length)
    }
  }

  /** The connection ended. */
  end(why: string): void {
    this.answer ??= this.#agreed ?? {kind: 'refused', why}
  }

  #record(type: number, content: Buffer): void {
    if (type === 21) {
      const [level, code = 0] = content
      // A warning goes before the answer.
      if (level === 1 && code !== 0) return
      this.end(alerts[code] ?? `alert ${code}`)
      return
    }
    if (type !== 22) {
      this.end(`record type ${type}`)
      return
    }
    this.#handshake = Buffer.concat([this.#handshake, content])
    while (this.answer === undefined && this.#handshake.length >= 4) {
      const length = 4 + this.#handshake.readUIntBE(1, 3)
      if (this.#handshake.length < length) return
      this.#message(this.#handshake.readUInt8(0), this.#handshake.subarray(4, length))
      this.#handshake = this.#handshake.subarray(length)
    }
  }

  #message(type: number, body: Buffer): void {
    if (type === 2) this.#agreed = serverHello(body)
    if (type === 11 && this.#agreed) this.#agreed = {...this.#agreed, chain: certificates(body)}
    if (type === 12 && this.#agreed && body[0] === 3) this.#agreed = {...this.#agreed, group: body.readUInt16BE(1)}
    const more = this.#untilKey && this.#agreed?.protocol !== 'TLSv1.3' && type !== 12 && type !== 14
    if (!more) this.answer = this.#agreed
  }
}

/** Whether an SSLv2 server answered, and which ciphers it named. */
export function sslv2Answer(bytes: Buffer): readonly number[] | undefined {
  const [first = 0] = bytes
  const start = first & 0x80 ? 2 : 3
  if (bytes.length < start + 11 || bytes[start] !== 4 || bytes.readUInt16BE(start + 3) !== 2) return undefined
  const certificate = bytes.readUInt16BE(start + 5)
  const ciphers = bytes.readUInt16BE(start + 7)
  const specs = bytes.subarray(start + 11 + certificate, start + 11 + certificate + ciphers)
  return Array.from({length: Math.floor(specs.length / 3)}, (_, at) => specs.readUIntBE(at * 3, 3))
}

function serverHello(body: Buffer): Extract<Answer, {kind: 'agreed'}> {
  const version = body.readUInt16BE(0)
  const session = body.readUInt8(34)
  const suite = body.readUInt16BE(35 + session)
  const extensions = extensionsIn(body.subarray(38 + session))
  const protocol = extensions.get(43)?.readUInt16BE(0) ?? version
  const alpn = extensions.get(16)
  const share = extensions.get(51)
  return {
    ...{kind: 'agreed', protocol: named(protocol), suite},
    ...(alpn ? {alpn: alpn.subarray(3).toString('latin1')} : {}),
    ...(share && share.length >= 2 ? {group: share.readUInt16BE(0)} : {}),
  }
}

function extensionsIn(bytes: Buffer): ReadonlyMap<number, Buffer> {
  const found = new Map<number, Buffer>()
  for (let at = 2; at + 4 <= bytes.length; ) {
    const length = bytes.readUInt16BE(at + 2)
    found.set(bytes.readUInt16BE(at), bytes.subarray(at + 4, at + 4 + length))
    at += 4 + length
  }
  return found
}

function certificates(body: Buffer): Buffer[] {
  const chain: Buffer[] = []
  for (let at = 3; at + 3 <= body.length; ) {
    const length = body.readUIntBE(at, 3)
    chain.push(Buffer.from(body.subarray(at + 3, at + 3 + length)))
    at += 3 + length
  }
  return chain
}

function named(version: number): string {
  const known = Object.entries(versions).find(([, code]) => code === version)
  return known?.[0] ?? `version ${version.toString(16)}`
}

const alerts: Readonly<Record<number, string>> = {
  0: 'close notify',
  10: 'unexpected message',
  40: 'handshake failure',
  47: 'illegal parameter',
  50: 'decode error',
  70: 'protocol version',
  71: 'insufficient security',
  80: 'internal error',
  86: 'inappropriate fallback',
  109: 'missing extension',
  112: 'unrecognized name',
  120: 'no application protocol',
}
