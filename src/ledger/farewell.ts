import type {Temporal} from 'temporal-polyfill'
import type {Queries} from './ledger.ts'

/** What a removed tenant left us to keep. */
export interface FarewellRow {
  readonly id: string
  readonly tenant: string
  /** The repository host; none when it lies in the home of the control plane. */
  readonly host: string | undefined
  readonly path: string
  readonly sha256: string
  readonly keySecret: string
  readonly expiresAt: Temporal.Instant
  readonly expiredAt: Temporal.Instant | undefined
}

/** Farewells of a tenant that are still kept, or those of all that should not be any more. */
export async function keptFarewells(ledger: Queries, tenant: string): Promise<FarewellRow[]> {
  return ledger.all<FarewellRow>`select * from farewell where tenant = ${tenant} and expired_at is null order by expires_at, path`
}

/** Farewells whose time is over and that still lie somewhere. */
export async function dueFarewells(ledger: Queries, at: Temporal.Instant): Promise<FarewellRow[]> {
  return ledger.all<FarewellRow>`select * from farewell where expired_at is null and expires_at <= ${at} order by path`
}

/** Keeps track of one. */
export async function insertFarewell(ledger: Queries, row: Omit<FarewellRow, 'id' | 'expiredAt'>): Promise<void> {
  await ledger.all`
    insert into farewell (tenant, host, path, sha256, key_secret, expires_at)
    values (${row.tenant}, ${row.host ?? null}, ${row.path}, ${row.sha256}, ${row.keySecret}, ${row.expiresAt})`
}

/** Notes that one is gone for good. */
export async function noteExpired(ledger: Queries, id: string, at: Temporal.Instant): Promise<void> {
  await ledger.all`update farewell set expired_at = ${at} where id = ${id}`
}
