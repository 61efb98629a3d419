import type {Temporal} from 'temporal-polyfill'
import type {Queries} from './ledger.ts'

/** A certificate for one name; its key lies sealed under `keySecret`. */
export interface CertificateRow {
  readonly hostname: string
  /** PEM, the leaf first. */
  readonly chain: string
  readonly keySecret: string
  /** SHA-256 of the leaf, hexadecimal. */
  readonly fingerprint: string
  readonly notBefore: Temporal.Instant
  readonly notAfter: Temporal.Instant
  readonly issuer: string
  /** A rule that is knowingly not kept, with its owner. */
  readonly derogation: {readonly rule: string; readonly why: string; readonly owner: string} | undefined
}

/** The newest certificate of each name of an environment. */
export async function certificatesOf(ledger: Queries, environment: string): Promise<CertificateRow[]> {
  return ledger.all<CertificateRow>`
    select distinct on (c.hostname) c.hostname, chain, key_secret, fingerprint, not_before, not_after, issuer, derogation
    from certificate c join hostname h on h.name = c.hostname
    where h.environment = ${environment} order by c.hostname, c.created_at desc`
}

/** Keeps a certificate. */
export async function insertCertificate(tx: Queries, row: CertificateRow): Promise<void> {
  await tx.all`
    insert into certificate (hostname, chain, key_secret, fingerprint, not_before, not_after, issuer, derogation)
    values (${row.hostname}, ${row.chain}, ${row.keySecret}, ${row.fingerprint}, ${row.notBefore}, ${row.notAfter},
      ${row.issuer}, ${row.derogation ?? null})`
}

/** Forgets every certificate of an environment. */
export async function deleteCertificates(tx: Queries, environment: string): Promise<void> {
  await tx.all`delete from certificate where hostname in (select name from hostname where environment = ${environment})`
}
