import type {Temporal} from 'temporal-polyfill'
import type {Queries} from './ledger.ts'

export type MigrationState =
  | 'requested'
  | 'qualification-planned'
  | 'qualification-running'
  | 'awaiting-validation'
  | 'validated'
  | 'rejected'
  | 'production-proposed'
  | 'production-planned'
  | 'production-running'
  | 'done'
  | 'rolling-back'
  | 'rolled-back'
  | 'abandoned'

/** A tenant's way to a version, and how far it has come. */
export interface MigrationRow {
  readonly id: string
  readonly tenant: string
  readonly version: string
  readonly state: MigrationState
  readonly askedBy: string
  readonly ticket: string
  readonly askedAt: Temporal.Instant
  readonly fromAt: Temporal.Instant | undefined
  readonly untilAt: Temporal.Instant | undefined
  readonly operation: string | undefined
  readonly run: string | undefined
  readonly detail: Readonly<Record<string, unknown>>
  readonly endedAt: Temporal.Instant | undefined
}

export type NewMigration = Pick<MigrationRow, 'id' | 'tenant' | 'version' | 'askedBy' | 'ticket' | 'askedAt' | 'detail'>

/** Writes a request down; false while another one of the tenant is open. */
export async function insertMigration(q: Queries, m: NewMigration): Promise<boolean> {
  const rows = await q.all`
    insert into migration (id, tenant, version, state, asked_by, ticket, asked_at, detail)
    values (${m.id}, ${m.tenant}, ${m.version}, 'requested', ${m.askedBy}, ${m.ticket}, ${m.askedAt}, ${JSON.stringify(m.detail)})
    on conflict do nothing returning id`
  return rows.length === 1
}

/** One migration. */
export async function migrationById(q: Queries, id: string): Promise<MigrationRow | undefined> {
  return q.one<MigrationRow>`select * from migration where id = ${id}`
}

/** Migrations, the newest first; those that are not over when `open`. */
export async function migrations(
  q: Queries,
  {tenant, open = false, limit = 1000}: {tenant?: string | undefined; open?: boolean; limit?: number},
): Promise<MigrationRow[]> {
  return q.all<MigrationRow>`
    select * from migration
    where (${tenant ?? null}::text is null or tenant = ${tenant ?? null})
      and (not ${open} or state not in ('done', 'rolled-back', 'abandoned'))
    order by asked_at desc, id limit ${limit}`
}

export interface MigrationChange {
  readonly state?: MigrationState
  /** The slot of what comes next; null when nothing is planned any more. */
  readonly slot?: {
    readonly fromAt: Temporal.Instant
    readonly untilAt: Temporal.Instant
    readonly operation?: string | undefined
  } | null
  readonly run?: string
  /** Added to what is there; a null takes the name away. */
  readonly detail?: Readonly<Record<string, unknown>>
  readonly endedAt?: Temporal.Instant
}

/** Changes what is given; false when it is in none of the states it must be in. */
export async function changeMigration(
  q: Queries,
  {id, from}: {id: string; from: readonly MigrationState[]},
  change: MigrationChange,
): Promise<boolean> {
  const {state, slot, run, detail, endedAt} = change
  const given = slot !== undefined
  const rows = await q.all`
    update migration set state = coalesce(${state ?? null}, state), run = coalesce(${run ?? null}, run),
      from_at = case when ${given} then ${slot?.fromAt ?? null}::timestamptz else from_at end,
      until_at = case when ${given} then ${slot?.untilAt ?? null}::timestamptz else until_at end,
      operation = case when ${given} then ${slot?.operation ?? null} else operation end,
      detail = jsonb_strip_nulls(detail || ${JSON.stringify(detail ?? {})}::jsonb),
      ended_at = coalesce(${endedAt ?? null}, ended_at)
    where id = ${id} and state = any(${from}) returning id`
  return rows.length === 1
}

/** Migrations that are not over, or were not at that instant; the oldest first. */
export async function migrationsSince(q: Queries, since: Temporal.Instant): Promise<MigrationRow[]> {
  return q.all<MigrationRow>`
    select * from migration where ended_at is null or ended_at > ${since} order by asked_at, id`
}

/** Until when every page of production says that it may be closed; nothing when they say nothing. */
export async function noteBanner(q: Queries, id: string, until: string | undefined): Promise<void> {
  await q.all`
    update migration set detail = jsonb_strip_nulls(detail || jsonb_build_object('bannerShown', ${until ?? null}::text))
    where id = ${id}`
}
