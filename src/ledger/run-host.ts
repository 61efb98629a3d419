import type {Queries} from './ledger.ts'
import type {RunRow} from './run.ts'

/** The hosts a run changed or may change: those of its locks, and those the journal names. */
export async function hostsOfRun(q: Queries, {id, locks}: Pick<RunRow, 'id' | 'locks'>): Promise<string[]> {
  const rows = await q.all<{host: string}>`
    select host from placement where 'environment:' || environment = any(${locks})
    union select split_part(substr(name, 6), '/', 1) from unnest(${locks}::text[]) name where name like 'host:%'
    union select subject from journal where run = ${id} and kind = 'host'
    order by 1`
  return rows.map(({host}) => host)
}
