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
  for (const {environment, quarter, requests} of rows)
    await q.all`
      insert into activity (environment, quarter, requests)
      select id, ${quarter}, ${requests} from environment where tenant || '/' || name = ${environment}
      on conflict (environment, quarter) do update set requests = excluded.requests`
  await q.all`delete from activity where quarter < ${keep}`
}
