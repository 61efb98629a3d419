import type {Temporal} from 'temporal-polyfill'
import type {Address} from './address.ts'
import {connectLedger} from './connect.ts'
import {journalHead} from './journal-read.ts'
import type {Ledger, Queries} from './ledger.ts'
import {unreachable} from './trouble.ts'

/** A test restore of the ledger: what it held at a point, and what came of it. */
export interface LedgerDrillRow {
  readonly id: string
  readonly point: string
  readonly at: Temporal.Instant
  readonly figures: unknown
  readonly ok: boolean | undefined
  readonly detail: Readonly<Record<string, unknown>>
}

/** Keeps what the ledger held at a point; once. */
export async function beginLedgerDrill(
  q: Queries,
  {id, point, at, figures}: Pick<LedgerDrillRow, 'id' | 'point' | 'at' | 'figures'>,
): Promise<void> {
  await q.all`
    insert into ledger_drill (id, point, at, figures) values (${id}, ${point}, ${at}, ${JSON.stringify(figures)})
    on conflict (id) do update set (point, at, figures) = (excluded.point, excluded.at, excluded.figures)`
}

/** What came of it. */
export async function endLedgerDrill(
  q: Queries,
  {id, ok, detail}: Pick<LedgerDrillRow, 'id' | 'detail'> & {ok: boolean},
): Promise<void> {
  await q.all`update ledger_drill set ok = ${ok}, detail = ${JSON.stringify(detail)} where id = ${id}`
}

/** One of them. */
export async function ledgerDrill(q: Queries, id: string): Promise<LedgerDrillRow | undefined> {
  return q.one<LedgerDrillRow>`select * from ledger_drill where id = ${id}`
}

/** The newest first. */
export async function ledgerDrills(q: Queries, limit = 10): Promise<LedgerDrillRow[]> {
  return q.all<LedgerDrillRow>`select * from ledger_drill order by at desc limit ${limit}`
}

/** Rows by table, and the journal's last entry. */
export interface Held {
  readonly rows: Readonly<Record<string, number>>
  readonly head: string
}

/** What a ledger holds that nobody writes to. */
export async function heldIn(ledger: Ledger): Promise<Held> {
  return ledger.transaction(held)
}

/** Names a restore point and counts what the ledger holds exactly there; whoever writes waits for that moment. Throws `ledger-unreachable`. */
export async function heldAt(address: Address, point: string): Promise<Held & {segment: string}> {
  const owner = await connectLedger(address, 'owner')
  const admin = await connectLedger(address, 'admin')
  try {
    const found = await owner.transaction(async tx => {
      const names = await tables(tx)
      await tx.all`do $$ begin set local lock_timeout = '30s'; end $$`
      await tx.all`do $$ begin execute (select 'lock table ' || string_agg(format('%I.%I', schemaname, tablename), ', '
        order by tablename) || ' in share mode' from pg_catalog.pg_tables where schemaname = 'public'); end $$`
      await admin.one`select pg_catalog.pg_create_restore_point(${point})`
      return held(tx, names)
    })
    const row = await admin.one<{
      segment: string
    }>`select pg_catalog.pg_walfile_name(pg_catalog.pg_switch_wal()) segment`
    return {...found, segment: row?.segment ?? ''}
  } catch (thrown) {
    // Whoever writes for longer than we wait is no fault of ours.
    throw thrown instanceof Error && 'code' in thrown && thrown.code === '55P03' ? unreachable(thrown) : thrown
  } finally {
    await owner.close()
    await admin.close()
  }
}

/** The last WAL segment that went to the repository. */
export async function archivedSegment(address: Address): Promise<string> {
  const admin = await connectLedger(address, 'admin')
  try {
    const row = await admin.one<{
      segment: string
    }>`select substr(last_archived_wal, 1, 24) segment from pg_catalog.pg_stat_archiver`
    return row?.segment ?? ''
  } finally {
    await admin.close()
  }
}

/** A backup right after a promotion fails until there was one. */
export async function checkpoint(address: Address): Promise<void> {
  const admin = await connectLedger(address, 'admin')
  await admin.all`checkpoint`.finally(() => admin.close())
}

async function held(tx: Queries, names?: readonly string[]): Promise<Held> {
  const rows: Record<string, number> = {}
  for (const name of names ?? (await tables(tx))) {
    const row = await tx.one<{n: number}>`
      select (xpath('/row/n/text()', query_to_xml(format('select count(*) as n from public.%I', ${name}::text), false, true, '')))[1]::text::bigint n`
    rows[name] = row?.n ?? 0
  }
  const last = await journalHead(tx)
  return {rows, head: last ? `${last.sequence} ${last.hash}` : 'nothing'}
}

async function tables(tx: Queries): Promise<string[]> {
  const found = await tx.all<{name: string}>`
    select tablename::text as name from pg_catalog.pg_tables where schemaname = 'public' order by 1`
  return found.map(({name}) => name)
}
