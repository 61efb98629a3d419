import {type Environment, hostOf} from '../environment/model.ts'
import {type Platform, reading} from '../environment/steps.ts'
import type {RestoreRow} from '../ledger/restore.ts'

/** Rows by `schema.table` that were written after the target, or all there are without one, where counting is cheap. */
export async function lostRows(
  platform: Platform,
  environment: Environment,
  target: RestoreRow['target'] | undefined,
): Promise<Readonly<Record<string, number>>> {
  const machine = await platform.machine(hostOf(environment, 'database'))
  const [answer] = await machine.ask([{ask: 'run_as', args: lostAsked(environment, target?.toString())}])
  const lines = answer?.out.split('\n').map(line => line.split('|')) ?? []
  return Object.fromEntries(lines.flatMap(([name, rows]) => (name && Number(rows) > 0 ? [[name, Number(rows)]] : [])))
}

/** The question, for `run_as`; commit times are kept by the database itself. */
export function lostAsked({ports}: Pick<Environment, 'ports'>, target: string | undefined): readonly string[] {
  return ['postgres', ...reading({port: ports.database}), '-c', lostSql(target)]
}

const lostSql = (target: string | undefined) => `
select schemaname || '.' || relname, (xpath('/row/n/text()', query_to_xml(format(
  'select count(*) as n from %I.%I${target ? ' where pg_xact_commit_timestamp(xmin) > %L' : ''}', schemaname, relname${target ? `, '${target}'` : ''}), false, true, '')))[1]::text
from pg_stat_user_tables where schemaname in ('content', 'credential') and n_live_tup < 200000 order by 1`
