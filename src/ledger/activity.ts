import type {Temporal} from 'temporal-polyfill'
import type {Queries} from './ledger.ts'

/** Requests of a quarter of an hour, as the edge counted them. */
export interface ActivityRow {
  readonly environment: string
  readonly quarter: Temporal.Instant
  readonly requests: number
}

/** What was observed of these environments since then. */
export async function activityOf(
  q: Queries,
  environments: readonly string[],
  since: Temporal.Instant,
): Promise<ActivityRow[]> {
  return q.all<ActivityRow>`
    select e.tenant || '/' || e.name environment, a.quarter, a.requests
    from activity a join environment e on e.id = a.environment
    where e.tenant || '/' || e.name = any(${environments}) and a.quarter >= ${since}`
}

/** Writes what an edge counted, in place of an earlier count of that quarter, and forgets what is older than `keep`. */
export async function putActivity(q: Queries, rows: readonly ActivityRow[], keep: Temporal.Instant): Promise<void> {
  await q.all`
    insert into activity (environment, quarter, requests)
    select e.id, a.quarter, a.requests
    from unnest(${rows.map(({environment}) => environment)}::text[], ${rows.map(({quarter}) => quarter.toString())}::timestamptz[],
      ${rows.map(({requests}) => requests)}::bigint[]) a (environment, quarter, requests)
    join environment e on e.tenant || '/' || e.name = a.environment
    on conflict (environment, quarter) do update set requests = excluded.requests`
  await q.all`delete from activity where quarter < ${keep}`
}

/** The last quarter of an hour that was counted. */
export async function newestActivity(q: Queries): Promise<Temporal.Instant | undefined> {
  return (await q.one<{newest: Temporal.Instant | undefined}>`select max(quarter) newest from activity`)?.newest
}
