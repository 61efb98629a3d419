import {createHash, X509Certificate} from 'node:crypto'
import type {Temporal} from 'temporal-polyfill'
import type {Queries} from './ledger.ts'

/** `candidate` until it is proven at the edges; one of a name is `served`, those before it `replaced` or `revoked`. */
export type CertificateState = 'candidate' | 'served' | 'replaced' | 'revoked'
/** Who gave it: our own authority, the customer, or one that speaks ACME. */
export type CertificateSource = 'internal' | 'customer' | 'acme'

/** A certificate as it is first kept, for one name; its key lies sealed under `keySecret`. */
export interface NewCertificate {
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
  readonly state?: CertificateState
  readonly source?: CertificateSource
  readonly run?: string | undefined
}

export interface CertificateRow extends NewCertificate {
  readonly id: string
  readonly state: CertificateState
  readonly source: CertificateSource
  /** Where it says its responder is, when its issuer is served with it. */
  readonly responder: string | undefined
  readonly createdAt: Temporal.Instant
}

/** The certificate that each name of an environment is served with. */
export async function certificatesOf(ledger: Queries, environment: string): Promise<CertificateRow[]> {
  return ledger.all<CertificateRow>`
    select distinct on (c.hostname) c.*
    from certificate c join hostname h on h.name = c.hostname
    where h.environment = ${environment} and c.state = 'served' order by c.hostname, c.created_at desc`
}

/** True for a certificate that is served, or that a run is bringing to the edges now. */
export async function isOnRecord(
  ledger: Queries,
  {hostname, fingerprint}: Pick<NewCertificate, 'hostname' | 'fingerprint'>,
): Promise<boolean> {
  const rows = await ledger.all`
    select from certificate
    where hostname = ${hostname} and fingerprint = ${fingerprint} and state in ('served', 'candidate') limit 1`
  return rows.length > 0
}

/** A certificate that is in use, without its chain. */
export interface ServedRow {
  readonly hostname: string
  readonly tenant: string
  /** `production` */
  readonly environment: string
  readonly issuer: string
  readonly fingerprint: string
  readonly notBefore: Temporal.Instant
  readonly notAfter: Temporal.Instant
  readonly derogation: CertificateRow['derogation']
}

/** Which of the served certificates. */
export interface ServedFilter {
  /** Those that end before. */
  readonly before?: Temporal.Instant | undefined
  /** Those behind the one of this name. */
  readonly after?: string | undefined
  readonly limit: number
}

/** The certificate every name is served with, the first to end first. */
export async function servedRows(ledger: Queries, {before, after, limit}: ServedFilter): Promise<ServedRow[]> {
  return ledger.all<ServedRow>`
    select c.hostname, e.tenant, e.name as environment, issuer, fingerprint, not_before, not_after, derogation
    from certificate c join hostname h on h.name = c.hostname join environment e on e.id = h.environment
    where c.state = 'served' and c.id = (select id from certificate newest where newest.hostname = c.hostname
        and newest.state = 'served' order by created_at desc, id desc limit 1)
      and not_after < coalesce(${before ?? null}::timestamptz, 'infinity') and (${after ?? null}::text is null
        or (not_after, c.hostname) > (select not_after, hostname from certificate where hostname = ${after ?? null}
          and state = 'served' order by created_at desc, id desc limit 1))
    order by not_after, c.hostname limit ${limit}`
}

/** Every certificate a name ever had, the newest first. */
export async function certificatesFor(
  ledger: Queries,
  hostname: string,
): Promise<(CertificateRow & Pick<ServedRow, 'tenant' | 'environment'>)[]> {
  return ledger.all`
    select c.*, e.tenant, e.name as environment
    from certificate c join hostname h on h.name = c.hostname join environment e on e.id = h.environment
    where c.hostname = ${hostname} order by c.created_at desc`
}

/** Keeps a certificate; one that the name had before takes that part again. */
export async function insertCertificate(tx: Queries, row: NewCertificate): Promise<void> {
  const {state = 'served', source = 'internal', run = null} = row
  await tx.all`
    insert into certificate (hostname, chain, key_secret, fingerprint, not_before, not_after, issuer, derogation,
      key_fingerprint, responder, state, source, run)
    values (${row.hostname}, ${row.chain}, ${row.keySecret}, ${row.fingerprint}, ${row.notBefore}, ${row.notAfter},
      ${row.issuer}, ${row.derogation ?? null}, ${keyFingerprintOf(row.chain)}, ${responderIn(row.chain)}, ${state}, ${source}, ${run})
    on conflict (hostname, fingerprint) do update set (state, run, key_secret, derogation)
      = (excluded.state, excluded.run, excluded.key_secret, excluded.derogation)`
}

/** Another tenant that has a certificate for this key (SHA-256 of its SubjectPublicKeyInfo, hexadecimal). */
export async function otherTenantWithKey(
  ledger: Queries,
  {keyFingerprint, besides}: {keyFingerprint: string; besides: string},
): Promise<string | undefined> {
  const row = await ledger.one<{tenant: string}>`
    select e.tenant from certificate c join hostname h on h.name = c.hostname join environment e on e.id = h.environment
    where c.key_fingerprint = ${keyFingerprint} and e.tenant <> ${besides} order by 1 limit 1`
  return row?.tenant
}

/** Forgets every certificate of an environment. */
export async function deleteCertificates(tx: Queries, environment: string): Promise<void> {
  await tx.all`delete from certificate where hostname in (select name from hostname where environment = ${environment})`
}

function keyFingerprintOf(chain: string): string {
  const key = new X509Certificate(chain).publicKey.export({type: 'spki', format: 'der'})
  return createHash('sha256').update(key).digest('hex')
}

/** Without the issuer nobody could tell whose word it is, nor does HAProxy start with it. */
function responderIn(chain: string): string | null {
  const alone = chain.split('-----BEGIN CERTIFICATE-----').length < 3
  const [, url] = /^OCSP - URI:(https?:\S+)$/im.exec(new X509Certificate(chain).infoAccess ?? '') ?? []
  return alone ? null : (url ?? null)
}
