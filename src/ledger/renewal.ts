import type {Temporal} from 'temporal-polyfill'
import type {Queries} from './ledger.ts'

/** The certificate a name is served with, and how renewing it goes. */
export interface RenewalRow {
  readonly hostname: string
  readonly tenant: string
  /** Of the environment. */
  readonly id: string
  /** `acme/production` */
  readonly environment: string
  readonly source: 'internal' | 'customer' | 'acme'
  readonly fingerprint: string
  readonly notBefore: Temporal.Instant
  readonly notAfter: Temporal.Instant
  readonly failures: number
  readonly triedAt: Temporal.Instant | undefined
  readonly askNotBefore: Temporal.Instant | undefined
  readonly lastError: string | undefined
  /** An edge has not got it yet. */
  readonly partial: boolean
}

/** Every name that is served, the one that ends first before the others. */
export async function renewals(ledger: Queries): Promise<RenewalRow[]> {
  return ledger.all<RenewalRow>`
    select distinct on (c.not_after, c.hostname) c.hostname, e.tenant, e.id, e.tenant || '/' || e.name as environment, c.source,
      c.fingerprint, c.not_before, c.not_after, coalesce(r.failures, 0) as failures, r.tried_at,
      r.not_before as ask_not_before, r.last_error,
      exists (select from certificate_edge s where s.certificate = c.id and s.state = 'missing') as partial
    from certificate c join hostname h on h.name = c.hostname join environment e on e.id = h.environment
      left join renewal r on r.hostname = c.hostname
    where c.state = 'served' order by c.not_after, c.hostname, c.created_at desc`
}

/** Notes that renewing failed. */
export async function noteFailedRenewal(
  tx: Queries,
  {
    hostname,
    at,
    notBefore,
    error,
  }: {hostname: string; at: Temporal.Instant; notBefore: Temporal.Instant | undefined; error: string},
): Promise<void> {
  await tx.all`
    insert into renewal (hostname, failures, tried_at, not_before, last_error)
    values (${hostname}, 1, ${at}, ${notBefore ?? null}, ${error})
    on conflict (hostname) do update set (failures, tried_at, not_before, last_error)
      = (renewal.failures + 1, excluded.tried_at, excluded.not_before, excluded.last_error)`
}

/** Renewing went well. */
export async function forgetFailedRenewal(tx: Queries, hostname: string): Promise<void> {
  await tx.all`delete from renewal where hostname = ${hostname}`
}
