import type {Duplex} from 'node:stream'
import type {Temporal} from 'temporal-polyfill'

/** Opens a TCP connection from where the probe stands. Throws `Failure('probe-failed')` when the address does not answer. */
export type Dial = (address: string, port: number) => Promise<Duplex>

/** A name at one edge node. */
export interface Target {
  readonly name: string
  /** Of the node; no resolver is asked. */
  readonly address: string
  readonly port: number
  /** Where the same node answers over http; 80 when left out. */
  readonly httpPort?: number
}

/** What a real client agrees on with an edge node. */
export interface Handshake {
  readonly protocol: string
  /** As IANA names it: `TLS_AES_128_GCM_SHA256`. */
  readonly suite: string
  readonly alpn: string | undefined
  /** SHA-256 of the leaf, hexadecimal. */
  readonly fingerprint: string
  /** What was served, the leaf first, as SHA-256 fingerprints. */
  readonly chain: readonly string[]
  /** PEM of the same. */
  readonly certificates: readonly string[]
  /** An OCSP answer came along. */
  readonly stapled: boolean
  /** Base64 of that answer. */
  readonly staple?: string
}

export const protocols = ['SSLv2', 'SSLv3', 'TLSv1.0', 'TLSv1.1', 'TLSv1.2', 'TLSv1.3'] as const
export type Protocol = (typeof protocols)[number]

/** A suite a server agreed to. */
export interface OfferedSuite {
  readonly protocol: Protocol
  /** As IANA names it. */
  readonly name: string
  /** Two bytes as `0xC02F`; SSLv2 has three. */
  readonly code: string
}

/** Everything one edge node offers for one name, by our own enumeration. */
export interface TlsScan {
  readonly target: Target
  readonly at: Temporal.Instant
  readonly tookMs: number
  readonly protocols: readonly Protocol[]
  readonly suites: readonly OfferedSuite[]
  /** `secp256r1`, `x25519`, in the order they were found. */
  readonly groups: readonly string[]
  readonly alpn: readonly string[]
  readonly handshake: Handshake | undefined
  /** The leaf first, SHA-256, as it is sent; read in the clear where TLS 1.2 is offered. */
  readonly chain: readonly string[]
  /** A client that names another host, or none, gets no certificate. */
  readonly strictSni: boolean
  /** `max-age=63072000`. */
  readonly hsts: string | undefined
  /** What http answers; undefined when nothing does. */
  readonly http: {readonly status: number; readonly location: string | undefined} | undefined
}

/** What of a scan a rule forbids. */
export interface ScanFinding {
  /** `R033`; the policy's name for what only it forbids. */
  readonly rule: string
  /** Where the rule stands. */
  readonly source: string
  readonly sentence: string
  readonly remedy: string
  /** A row of src/tls/finding.ts and what fills it, to say the same in another language. */
  readonly what?: string
  readonly values?: Readonly<Record<string, string>>
}
