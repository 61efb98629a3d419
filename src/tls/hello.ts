import {randomBytes} from 'node:crypto'

/** Versions as records carry them. */
export const versions = {
  SSLv3: 0x0300,
  'TLSv1.0': 0x0301,
  'TLSv1.1': 0x0302,
  'TLSv1.2': 0x0303,
  'TLSv1.3': 0x0304,
} as const

export type RecordProtocol = keyof typeof versions

/** What a ClientHello says. */
export interface HelloWanted {
  readonly protocol: RecordProtocol
  readonly suites: readonly number[]
  /** The name asked for; none when left out. */
  readonly name?: string
  readonly groups?: readonly number[]
  readonly alpn?: readonly string[]
  /** Without any extension, as the oldest servers want it. */
  readonly bare?: boolean
}

/**
 * A ClientHello, byte by byte, so that everything can be asked for, whatever the TLS library here still knows
 * (RFC 8446 §4.1.2, RFC 5246 §7.4.1.2, RFC 6101 §5.6.1.2). In TLS 1.3 no key is sent: the server then names the group it wants.
 */
export function clientHello(wanted: HelloWanted): Buffer {
  const {protocol, suites, bare = false} = wanted
  const version = versions[protocol]
  const body = Buffer.concat([
    u16(Math.min(version, versions['TLSv1.2'])),
    randomBytes(32),
    protocol === 'TLSv1.3' ? list8(randomBytes(32)) : Buffer.of(0),
    list16(Buffer.concat(suites.map(u16))),
    Buffer.of(1, 0),
    ...(bare ? [] : [list16(Buffer.concat(extensions(wanted)))]),
  ])
  const handshake = Buffer.concat([Buffer.of(1), u24(body.length), body])
  const record = Math.min(version, versions['TLSv1.0'])
  return Buffer.concat([Buffer.of(22), u16(record), list16(handshake)])
}

/** A CLIENT-HELLO of SSLv2 with every cipher of its own (draft-hickman-netscape-ssl-00). */
export function sslv2Hello(ciphers: readonly number[]): Buffer {
  const specs = Buffer.concat(ciphers.map(u24))
  const body = Buffer.concat([Buffer.of(1), u16(2), u16(specs.length), u16(0), u16(16), specs, randomBytes(16)])
  return Buffer.concat([u16(0x8000 | body.length), body])
}

const u16 = (value: number) => Buffer.of(value >> 8, value & 0xff)
const u24 = (value: number) => Buffer.of(value >> 16, (value >> 8) & 0xff, value & 0xff)
const list8 = (bytes: Buffer) => Buffer.concat([Buffer.of(bytes.length), bytes])
const list16 = (bytes: Buffer) => Buffer.concat([u16(bytes.length), bytes])

function extensions({protocol, name, groups = [], alpn}: HelloWanted): Buffer[] {
  const extension = (type: number, content: Buffer) => Buffer.concat([u16(type), list16(content)])
  const newest = protocol === 'TLSv1.3'
  return [
    ...(name === undefined ? [] : [extension(0, list16(Buffer.concat([Buffer.of(0), list16(Buffer.from(name))])))]),
    ...(groups.length === 0 ? [] : [extension(10, list16(Buffer.concat(groups.map(u16))))]),
    extension(11, list8(Buffer.of(0))),
    ...(protocol === 'TLSv1.2' || newest ? [extension(13, list16(Buffer.concat(signatures.map(u16))))] : []),
    ...(alpn ? [extension(16, list16(Buffer.concat(alpn.map(each => list8(Buffer.from(each))))))] : []),
    // Extended master secret and secure renegotiation, which servers may insist on.
    ...(newest ? [] : [extension(23, Buffer.alloc(0)), extension(0xff01, Buffer.of(0))]),
    ...(newest ? [extension(43, list8(u16(versions['TLSv1.3']))), extension(51, u16(0))] : []),
  ]
}

/** Every way to sign, weak ones too: a server must not hide behind them. */
const signatures = [
  0x0403, 0x0503, 0x0603, 0x0807, 0x0808, 0x0804, 0x0805, 0x0806, 0x0809, 0x080a, 0x080b, 0x0401, 0x0501, 0x0601,
  0x0303, 0x0301, 0x0203, 0x0201, 0x0402, 0x0202, 0x0101,
]
