import type {Temporal} from 'temporal-polyfill'
import type {Queries} from './ledger.ts'

/** That an environment's WAL goes to a repository, and on whose word. */
export interface BackupRow {
  readonly environment: string
  readonly askedBy: string
  readonly request: string
  readonly since: Temporal.Instant
}

/** Writes down that the WAL of an environment goes to a repository from now on; once. */
export async function insertBackup(q: Queries, {environment, askedBy, request, since}: BackupRow): Promise<void> {
  await q.all`
    insert into backup (environment, asked_by, request, since)
    values (${environment}, ${askedBy}, ${request}, ${since}) on conflict do nothing`
}

/** Takes that back. */
export async function deleteBackup(q: Queries, environment: string): Promise<void> {
  await q.all`delete from backup where environment = ${environment}`
}

/** Since when, and on whose word; undefined when it does not. */
export async function backupOf(q: Queries, environment: string): Promise<BackupRow | undefined> {
  return q.one<BackupRow>`select * from backup where environment = ${environment}`
}

/** What a database held at a restore point. */
export interface FiguresRow {
  readonly point: string
  readonly environment: string
  readonly at: Temporal.Instant
  readonly figures: unknown
}

/** Keeps what was measured; the same point is measured once. */
export async function putFigures(q: Queries, {point, environment, at, figures}: FiguresRow): Promise<void> {
  await q.all`
    insert into backup_figures (point, environment, at, figures)
    values (${point}, ${environment}, ${at}, ${JSON.stringify(figures)}) on conflict do nothing`
}

/** What was measured at a restore point. */
export async function figuresAt(q: Queries, point: string): Promise<FiguresRow | undefined> {
  return q.one<FiguresRow>`select * from backup_figures where point = ${point}`
}

/** A test restore. */
export interface DrillRow {
  readonly id: string
  readonly environment: string
  readonly point: string
  readonly backup: string
  readonly ok: boolean
  readonly at: Temporal.Instant
  readonly detail: unknown
}

/** Keeps a test restore as evidence; the same run again replaces what it had kept. */
export async function putDrill(q: Queries, {id, environment, point, backup, ok, at, detail}: DrillRow): Promise<void> {
  await q.all`
    insert into drill (id, environment, point, backup, ok, at, detail)
    values (${id}, ${environment}, ${point}, ${backup}, ${ok}, ${at}, ${JSON.stringify(detail)})
    on conflict (id) do update set (point, backup, ok, at, detail)
      = (excluded.point, excluded.backup, excluded.ok, excluded.at, excluded.detail)`
}

/** One test restore by the run that made it. */
export async function drillById(q: Queries, id: string): Promise<DrillRow | undefined> {
  return q.one<DrillRow>`select * from drill where id = ${id}`
}

/** Test restores, the newest first; of one environment, or of all. */
export async function drills(
  q: Queries,
  {environment, limit}: {environment?: string | undefined; limit: number},
): Promise<DrillRow[]> {
  return q.all<DrillRow>`
    select * from drill where environment = coalesce(${environment ?? null}, environment) order by at desc limit ${limit}`
}

/** The last good test restore of every environment. */
export async function lastGoodDrills(q: Queries): Promise<ReadonlyMap<string, DrillRow>> {
  const rows = await q.all<DrillRow>`
    select distinct on (environment) * from drill where ok order by environment, at desc`
  return new Map(rows.map(row => [row.environment, row]))
}

/** What was seen of an environment's backups, and when. */
export interface LookRow {
  readonly environment: string
  readonly at: Temporal.Instant
  readonly look: unknown
}

/** Keeps what the last look at an environment's backups saw. */
export async function putLook(q: Queries, {environment, at, look}: LookRow): Promise<void> {
  await q.all`
    insert into backup_look (environment, at, look) values (${environment}, ${at}, ${JSON.stringify(look)})
    on conflict (environment) do update set (at, look) = (excluded.at, excluded.look)`
}

/** Every environment whose WAL goes to a repository. */
export async function backups(q: Queries): Promise<ReadonlyMap<string, BackupRow>> {
  const rows = await q.all<BackupRow>`select * from backup`
  return new Map(rows.map(row => [row.environment, row]))
}
