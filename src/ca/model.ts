import type {Temporal} from 'temporal-polyfill'
import type {Secret} from '../secret/secret.ts'

/** What an authority gives for names; the key never leaves as anything but a secret. */
export interface Issued {
  /** PEM, the leaf first. */
  readonly chain: string
  readonly key: Secret
  /** SHA-256 of the leaf, hexadecimal. */
  readonly fingerprint: string
  readonly notBefore: Temporal.Instant
  readonly notAfter: Temporal.Instant
  readonly issuer: string
}

/** Who signs certificates; the internal one of this control plane, until others come. */
export interface Authority {
  /** PEM of what clients must trust. */
  readonly certificate: string
  /** With `client` it may also be shown by a TLS client, for connections between our own machines. */
  issue(request: {readonly names: readonly string[]; readonly days: number; readonly client?: boolean}): Promise<Issued>
}

/** Certificates of names live 90 days, so that renewal is a habit. */
export const daysOfCertificate = 90

/** A rule that is knowingly not kept, why, and who answers for it. */
export interface Derogation {
  readonly rule: string
  readonly why: string
  readonly owner: string
}

/** R030 asks for yearly certificates, which nobody sells any more: renewal is ours to manage, with a name to it. */
export function renewalManaged(owner: string): Derogation {
  return {rule: 'R030', why: 'renewal managed: 90 days instead of a year', owner}
}
