import {createHash} from 'node:crypto'
import {Temporal} from 'temporal-polyfill'
import {Bug, Failure} from '../error.ts'
import type {Answer} from '../machine/model.ts'
import type {Figures} from './model.ts'

/** Where a database listens: its port on the host's socket folder, or a folder of its own. */
export interface Listening {
  readonly port: number
  readonly socket?: string
}

/**
 * Names a restore point and measures what the database holds exactly there: writers are held for the moment in which the
 * point is set and the snapshot taken, and go on while the rows are counted.
 */
export function measuring({point, ...listening}: Listening & {readonly point: string}): Measuring {
  return psql(
    listening,
    ['-v', `point=${point}`],
    `${tablesSql}
begin isolation level repeatable read;
set local lock_timeout = '10s';
savepoint held;
:locks
select 'point', pg_create_restore_point(:'point');
select 'at', extract(epoch from clock_timestamp());
rollback to savepoint held;
${countingSql}
commit;
select 'segment', pg_walfile_name(pg_switch_wal());
`,
  )
}

/** Measures a restored database, which nobody writes to. */
export function remeasuring(listening: Listening): Measuring {
  return psql(
    listening,
    [],
    `${tablesSql}
begin isolation level repeatable read;
select 'at', extract(epoch from clock_timestamp());
${countingSql}
commit;
`,
  )
}

/** A command of `run_as` with its input. */
export interface Measuring {
  readonly args: readonly string[]
  readonly input: string
}

/** Read what `measuring` printed. Throws `Failure('backup-engine-failed')` for a database that did not answer. */
export function figuresIn(answer: Answer | undefined, point: string): Figures {
  if (answer?.exit !== 0)
    throw new Failure(
      'backup-engine-failed',
      `What the database holds could not be measured: ${lastLine(answer?.err)}.`,
      {
        facts: {point, exit: answer?.exit, said: answer?.err.slice(-1000)},
      },
    )
  const lines = answer.out.split('\n').map(line => line.split('|'))
  const value = (name: string) => lines.find(([first]) => first === name)?.[1]
  const tables = lines.filter(([first]) => first === 'table')
  const at = value('at')
  if (at === undefined || tables.length === 0) throw new Bug('measuring a database gave nothing', {facts: {point}})
  return {
    point,
    at: Temporal.Instant.fromEpochMilliseconds(Math.round(Number(at) * 1000)),
    segment: value('segment') ?? '',
    schemaLevel: Number(value('level')),
    rows: Object.fromEntries(tables.map(([, name = '', rows]) => [name, Number(rows)])),
    digest: createHash('sha256')
      .update(tables.map(line => line.join('|')).join('\n'))
      .digest('hex'),
  }
}

/** What differs between what was measured on the source and what was found; none when it is the same. */
export function differences(source: Figures, found: Figures): readonly string[] {
  const tables = [...new Set([...Object.keys(source.rows), ...Object.keys(found.rows)])].sort()
  const rows = tables
    .filter(name => source.rows[name] !== found.rows[name])
    .map(name => `${name} has ${found.rows[name] ?? 'no'} rows instead of ${source.rows[name] ?? 'none'}`)
  const level =
    source.schemaLevel === found.schemaLevel
      ? []
      : [`schema level ${found.schemaLevel} instead of ${source.schemaLevel}`]
  const content = rows.length === 0 && source.digest !== found.digest ? ['the same counts with other content'] : []
  return [...level, ...rows, ...content]
}

/** Names before the transaction: asking for them inside would fix its snapshot before the writers are held. */
const tablesSql = `
set search_path = pg_catalog;
set timezone = 'UTC';
set datestyle = 'ISO';
select coalesce('lock table ' || string_agg(format('%I.%I', schemaname, tablename), ', ' order by schemaname, tablename) || ' in share mode;', '') as locks
  from pg_tables where schemaname in ('content', 'credential') \\gset
`

const countingSql = `
select 'level', coalesce(max(level), 0) from operation.schema_level;
select format('select %L, %L, count(*), coalesce(sum(hashtextextended(t::text, 0)::numeric), 0) from %I.%I t',
  'table', schemaname || '.' || tablename, schemaname, tablename)
  from pg_tables where schemaname in ('content', 'credential') order by schemaname, tablename \\gexec
`

function psql({port, socket = '/var/run/postgresql'}: Listening, words: readonly string[], input: string): Measuring {
  const program = ['/usr/lib/postgresql/15/bin/psql', '-XqAt', '-v', 'ON_ERROR_STOP=1', '-h', socket, '-p', `${port}`]
  return {args: ['postgres', ...program, '-d', 'selfhelp', ...words, '-f', '-'], input}
}

const lastLine = (text = '') => text.trim().split('\n').at(-1) ?? ''
