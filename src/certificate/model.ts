import type {Temporal} from 'temporal-polyfill'
import type {Derogation, Issued} from '../ca/model.ts'

export type {Derogation}

/** One thing that was found about a certificate, its chain or its key. */
export interface CertificateFinding {
  /** `name-not-covered`: a row of `rules` in src/certificate/rule.ts. */
  readonly rule: string
  /** Where the rule stands: `R028, RFC 9525 §6.3`. */
  readonly source: string
  /** `refused` makes the whole unfit; `derogated` would, but somebody answers for it; `noted` is worth knowing. */
  readonly severity: 'refused' | 'derogated' | 'noted'
  /** `key`, or the certificate by its subject and where it lay. */
  readonly subject: string
  readonly sentence: string
  readonly remedy: string
}

/** What is judged against. */
export interface Wanted {
  /** The host name, as typed; may be in its own script. */
  readonly name: string
  /** Last day of the contract (R030). */
  readonly contractEnd: Temporal.PlainDate
  /** Of the tenant; the contract's days are days there. */
  readonly timeZone: string
  readonly roots: Roots
  readonly derogation?: Derogation
  /** The most days a certificate below a root that the contract adds may last; no limit when left out. */
  readonly mostDays?: number
  /** Fingerprints (SHA-256 of the SubjectPublicKeyInfo, hexadecimal) of keys that other tenants use, with whose they are. */
  readonly usedKeys?: ReadonlyMap<string, string>
  readonly at: Temporal.Instant
}

/** Who is trusted, in PEM. */
export interface Roots {
  /** What browsers trust; certificates below these are bound by the CA/B Forum's limits. */
  readonly public: readonly string[]
  /** What the contract adds. */
  readonly contract: readonly string[]
}

/** What came of judging. */
export interface Judgement {
  /** False when any finding is `refused`. */
  readonly fits: boolean
  readonly findings: readonly CertificateFinding[]
  readonly leaf: LeafShown
  /** PEM from the leaf to its root, when it leads to one; else as far as it goes. */
  readonly way: readonly string[]
  /** What to install; only when it fits. */
  readonly fitting: Fitting | undefined
}

/** The leaf as it is shown. */
export interface LeafShown {
  readonly subject: string
  readonly issuer: string
  readonly names: readonly string[]
  /** SHA-256, hexadecimal. */
  readonly fingerprint: string
  /** `RSA 2048`, `P-256`, `Ed25519`. */
  readonly key: string
  readonly notBefore: Temporal.Instant
  readonly notAfter: Temporal.Instant
  /** The root it leads to, when there is one. */
  readonly root: string | undefined
}

/** A certificate that fits, as an edge serves it; a superset of `Issued`. */
export interface Fitting extends Issued {
  readonly names: readonly string[]
  /** SHA-256 of the SubjectPublicKeyInfo, hexadecimal: tells keys apart without showing them. */
  readonly keyFingerprint: string
  /** Where the certificate says its responder is; nothing is stapled without one. */
  readonly ocsp: readonly string[]
}
