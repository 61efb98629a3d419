import type {Temporal} from 'temporal-polyfill'
import type {Queries} from './ledger.ts'

/** A request to go back to an earlier moment, and how far it has come. */
export interface RestoreRow {
  readonly id: string
  /** Whose backups it is made from, and where it is put unless it is a copy. */
  readonly environment: string
  /** The environment that gets a copy. */
  readonly copiedTo: string | undefined
  readonly target: Temporal.Instant
  readonly state: RestoreState
  readonly askedBy: string
  readonly channel: string
  readonly ticket: string
  readonly askedAt: Temporal.Instant
  readonly dueAt: Temporal.Instant
  readonly plan: unknown
  readonly agreedFor: Temporal.Instant | undefined
  readonly agreedBy: string | undefined
  readonly run: string | undefined
  readonly detail: Readonly<Record<string, unknown>>
  readonly endedAt: Temporal.Instant | undefined
}

export type RestoreState = 'requested' | 'planned' | 'agreed' | 'running' | 'done' | 'undone' | 'refused' | 'cancelled'

export type NewRestore = Pick<
  RestoreRow,
  'id' | 'environment' | 'target' | 'askedBy' | 'channel' | 'ticket' | 'askedAt' | 'dueAt'
> &
  Partial<Pick<RestoreRow, 'copiedTo'>>

/** Writes a request down. */
export async function insertRestore(q: Queries, restore: NewRestore): Promise<void> {
  const {id, environment, copiedTo, target, askedBy, channel, ticket, askedAt, dueAt} = restore
  await q.all`
    insert into restore (id, environment, copied_to, target, state, asked_by, channel, ticket, asked_at, due_at)
    values (${id}, ${environment}, ${copiedTo ?? null}, ${target}, 'requested', ${askedBy}, ${channel}, ${ticket}, ${askedAt}, ${dueAt})`
}

/** One request. */
export async function restoreById(q: Queries, id: string): Promise<RestoreRow | undefined> {
  return q.one<RestoreRow>`select * from restore where id = ${id}`
}

/** Requests, the newest first; those that wait for something when `open`. */
export async function restores(q: Queries, {open, limit}: {open: boolean; limit: number}): Promise<RestoreRow[]> {
  return q.all<RestoreRow>`
    select * from restore where not ${open} or state in ('requested', 'planned', 'agreed', 'running')
    order by asked_at desc limit ${limit}`
}

export interface RestoreChange {
  readonly state?: RestoreState
  readonly plan?: unknown
  readonly agreedFor?: Temporal.Instant
  readonly agreedBy?: string
  readonly run?: string
  /** Added to what is there. */
  readonly detail?: Readonly<Record<string, unknown>>
  readonly endedAt?: Temporal.Instant
}

/** Changes what is given; false when it is in none of the states it must be in. */
export async function changeRestore(
  q: Queries,
  {id, from}: {id: string; from: readonly RestoreState[]},
  change: RestoreChange,
): Promise<boolean> {
  const {state, plan, agreedFor, agreedBy, run, detail, endedAt} = change
  const rows = await q.all`
    update restore set state = coalesce(${state ?? null}, state),
      plan = coalesce(${plan === undefined ? null : JSON.stringify(plan)}::jsonb, plan),
      agreed_for = coalesce(${agreedFor ?? null}, agreed_for), agreed_by = coalesce(${agreedBy ?? null}, agreed_by),
      run = coalesce(${run ?? null}, run), ended_at = coalesce(${endedAt ?? null}, ended_at),
      detail = detail || ${JSON.stringify(detail ?? {})}::jsonb
    where id = ${id} and state = any(${from}) returning id`
  return rows.length === 1
}

/** A line of WAL, and from when it was the real one. */
export interface TimelineRow {
  readonly environment: string
  readonly since: Temporal.Instant
  readonly timeline: number
}

/** The lines of an environment, the oldest first. */
export async function timelinesOf(q: Queries, environment: string): Promise<TimelineRow[]> {
  return q.all<TimelineRow>`select * from backup_timeline where environment = ${environment} order by since`
}

/** From that instant on this is the real line; once. */
export async function putTimeline(q: Queries, {environment, since, timeline}: TimelineRow): Promise<void> {
  await q.all`
    insert into backup_timeline (environment, since, timeline)
    select ${environment}, ${since}, ${timeline}
    where ${timeline} is distinct from
      (select timeline from backup_timeline where environment = ${environment} order by since desc limit 1)
    on conflict do nothing`
}
