import type {Secret} from '../secret/secret.ts'
import type {Removable} from './removable.ts'

/**
 * Chain and key of a name in one file, as HAProxy reads them: the running process serves it, and the file is what it starts
 * from. Refused by `check` or by HAProxy, neither has changed.
 */
export interface HaproxyCertificateWanted extends Removable {
  readonly kind: 'haproxy-certificate'
  readonly path: string
  readonly pem: Secret<string>
  /** What its responder says of it; edges give it along, and keep it beside the file as `.ocsp`. */
  readonly staple?: Staple
  /** `{}` is the path of the candidate. */
  readonly check: readonly string[]
}

/** A word of a responder (RFC 6960). */
export interface Staple {
  /** Base64 of its DER. */
  readonly response: string
  /** RFC 3339: its `thisUpdate`, which tells one word from another. */
  readonly saidAt: string
}

/** A line of a map (`key value`) or a crt-list (host name, certificate) in the running process; its file is an assembly. */
export interface HaproxyEntryWanted extends Removable {
  readonly kind: 'haproxy-entry'
  readonly list: 'map' | 'crt-list'
  readonly path: string
  readonly key: string
  readonly value: string
}

/** The one server of a declared backend in the running process: where it is, and that it is used; absent, it is closed. */
export interface HaproxyServerWanted extends Removable {
  readonly kind: 'haproxy-server'
  /** Of the backend. */
  readonly name: string
  readonly address: string
  readonly port: number
}

/** HAProxy has loaded these backends, which cannot be added while it runs. */
export interface HaproxyLoadedWanted extends Removable {
  readonly kind: 'haproxy-loaded'
  readonly name: string
  readonly backends: readonly string[]
}

/** Enough free backends are declared in files of a folder, `HOST:PORT.cfg`; `template` has `{port}` where the port stands. */
export interface HaproxyPoolWanted extends Removable {
  readonly kind: 'haproxy-pool'
  readonly name: string
  readonly folder: string
  /** Whose services they are for. */
  readonly host: string
  readonly ports: readonly [first: number, last: number]
  readonly free: {readonly least: number; readonly most: number}
  readonly template: string
}

/** The running HAProxy is as its files say; where it is not, it loads them anew without a broken connection. */
export interface HaproxyRuntimeWanted extends Removable {
  readonly kind: 'haproxy-runtime'
  readonly name: string
  readonly map: string
  readonly crtList: string
  readonly backends: string
}

/** Three keys that session tickets are sealed with, the machine's own; the running process has the same as the file. */
export interface HaproxyTicketsWanted extends Removable {
  readonly kind: 'haproxy-tickets'
  readonly path: string
  /** Seconds: an older one is not the newest any more. Without it they need only be there. */
  readonly newestWithin?: number
}

/** What an edge's HAProxy runs, and what it will start from. */
export type HaproxyWanted =
  | HaproxyCertificateWanted
  | HaproxyEntryWanted
  | HaproxyServerWanted
  | HaproxyLoadedWanted
  | HaproxyPoolWanted
  | HaproxyRuntimeWanted
  | HaproxyTicketsWanted
