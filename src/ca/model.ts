import type {Temporal} from 'temporal-polyfill'
import type {Secret} from '../secret/secret.ts'

/** What a server is to get. */
export interface CertificateWanted {
  /** All below the base domain; the first is the common name. */
  readonly hostnames: readonly [string, ...string[]]
  readonly days: number
  /** In PEM; see `newServerKey`. */
  readonly publicKey: string
}

export interface Issued {
  /** PEM, the server's certificate; the root is not part of it. */
  readonly chain: string
  /** SHA-256 of the certificate, in hexadecimal. */
  readonly fingerprint: string
  readonly notBefore: Temporal.Instant
  readonly notAfter: Temporal.Instant
  readonly issuer: string
}

/** The control plane's own certificate authority, limited to names below the base domain. */
export interface Authority {
  /** The root certificate in PEM. */
  readonly root: string
  /** Refusal `input-invalid` for a name outside the base domain. */
  issue(wanted: CertificateWanted): Promise<Issued>
}

export interface ServerKey {
  readonly publicKey: string
  /** PKCS#8 in PEM. */
  readonly privateKey: Secret
}
