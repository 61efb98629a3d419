import type {Temporal} from 'temporal-polyfill'
import type {JournalRow} from './journal.ts'
import type {Ledger, Queries} from './ledger.ts'

export interface JournalFilter {
  readonly tenant?: string | undefined
  readonly since?: Temporal.Instant | undefined
  /** Entries before this one. */
  readonly before?: number | undefined
  readonly limit: number
}

/** The newest entries, newest first. */
export async function journalEntries(
  ledger: Queries,
  {tenant, since, before, limit}: JournalFilter,
): Promise<JournalRow[]> {
  return ledger.all<JournalRow>`
    select sequence, to_char(at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as at, kind, tenant, subject, run,
      step, operator, account, machine, reason, ticket, plan_hash, result, body, signature,
      encode(previous, 'hex') as previous, encode(previous_of_tenant, 'hex') as previous_of_tenant,
      encode(hash, 'hex') as hash
    from journal
    where (${tenant}::text is null or tenant = ${tenant}) and (${since}::timestamptz is null or at >= ${since})
      and (${before}::bigint is null or sequence < ${before})
    order by sequence desc limit ${limit}`
}

/** The whole chain, or a tenant's, from its beginning, in blocks. */
export function journalChain(ledger: Ledger, tenant?: string): AsyncIterable<JournalRow[]> {
  return ledger.stream<JournalRow>`
    select sequence, to_char(at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as at, kind, tenant, subject, run,
      step, operator, account, machine, reason, ticket, plan_hash, result, body, signature,
      encode(previous, 'hex') as previous, encode(previous_of_tenant, 'hex') as previous_of_tenant,
      encode(hash, 'hex') as hash
    from journal where ${tenant}::text is null or tenant = ${tenant} order by sequence`
}

/** The newest entry's number and hash, of the ledger or of a tenant; undefined while there is none. */
export async function journalHead(
  ledger: Queries,
  tenant?: string,
): Promise<Pick<JournalRow, 'sequence' | 'hash'> | undefined> {
  return ledger.one`
    select sequence, encode(hash, 'hex') as hash from journal
    where ${tenant}::text is null or tenant = ${tenant} order by sequence desc limit 1`
}
