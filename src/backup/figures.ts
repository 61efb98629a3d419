import {createHash} from 'node:crypto'
import {Temporal} from 'temporal-polyfill'
import {type Listening, reading, superuser} from '../environment/steps.ts'
import {Bug, Failure} from '../error.ts'
import type {Answer} from '../machine/model.ts'
import type {Figures} from './model.ts'

/**
 * Names a restore point and measures what the database holds exactly there: writers are held for the moment in which the
 * point is set and the snapshot taken, and go on while the rows are counted. Only the catalog is asked by the superuser;
 * rows are read by who may read and no more, because how they are read is in the application's power.
 */
export function measuring({point, ...listening}: Listening & {readonly point: string}): Measuring {
  const reader = [...reading(listening), '-v', 'snapshot="$SELFHELP_SNAPSHOT"', '-f', '-'].map(shown).join(' ')
  const program = superuser(listening, 'selfhelp')
  const args = ['postgres', 'env', `SELFHELP_COUNTING=${countingSql}`, ...program, '-v', `point=${point}`, '-f', '-']
  return {
    args,
    input: `${locksSql}
begin isolation level repeatable read;
set local lock_timeout = '10s';
savepoint held;
:locks
select 'point', pg_create_restore_point(:'point');
select 'at', extract(epoch from clock_timestamp());
rollback to savepoint held;
release savepoint held;
select pg_export_snapshot() as snapshot \\gset
\\setenv SELFHELP_SNAPSHOT :snapshot
\\! printf '%s\\n' "$SELFHELP_COUNTING" | ${reader}
commit;
select 'segment', pg_walfile_name(pg_switch_wal());
`,
  }
}

/** Measures a restored database, which nobody writes to. */
export function remeasuring(listening: Listening): Measuring {
  const args = ['postgres', ...reading(listening), '-f', '-']
  return {args, input: `select 'at', extract(epoch from clock_timestamp());\n${countingSql}`}
}

/** A command of `run_as` with its input. */
export interface Measuring {
  readonly args: readonly string[]
  readonly input: string
}

/** Read what `measuring` printed. Throws `Failure('backup-engine-failed')` for a database that did not answer. */
export function figuresIn(answer: Answer | undefined, point: string): Figures {
  const lines = answer?.out.split('\n').map(line => line.split('|')) ?? []
  const value = (name: string) => lines.find(([first]) => first === name)?.[1]
  // The counting is a command of its own within the other, whose exit says nothing of it.
  if (answer?.exit !== 0 || value('counted') === undefined)
    throw new Failure(
      'backup-engine-failed',
      `What the database holds could not be measured: ${lastLine(answer?.err)}.`,
      {
        facts: {point, exit: answer?.exit, said: answer?.err.slice(-1000)},
      },
    )
  const tables = lines.filter(([first]) => first === 'table')
  const at = value('at')
  if (at === undefined || tables.length === 0) throw new Bug('measuring a database gave nothing', {facts: {point}})
  return {
    point,
    at: Temporal.Instant.fromEpochMilliseconds(Math.round(Number(at) * 1000)),
    segment: value('segment') ?? '',
    schemaLevel: Number(value('level')),
    rows: Object.fromEntries(tables.map(([, rows, , ...name]) => [JSON.parse(name.join('|')), Number(rows)])),
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

/** Before the transaction: asking for them inside would fix its snapshot before the writers are held. */
const locksSql = `select coalesce('lock table ' || string_agg(format('%I.%I', schemaname, tablename), ', ' order by schemaname, tablename) || ' in share mode;', '') as locks
  from pg_tables where schemaname in ('content', 'credential') \\gset`

/** In one snapshot: that of the restore point, where there is one. Names are JSON: nothing in one looks like another line. */
const countingSql = `set timezone = 'UTC';
set datestyle = 'ISO';
begin isolation level repeatable read read only;
\\if :{?snapshot}
set transaction snapshot :'snapshot';
\\endif
select 'level', coalesce(max(level), 0) from operation.schema_level;
select format('select %L, count(*), coalesce(sum(hashtextextended(t::text, 0)::numeric), 0), %L from %I.%I t',
  'table', to_json(schemaname || '.' || tablename), schemaname, tablename)
  from pg_tables where schemaname in ('content', 'credential') order by schemaname, tablename \\gexec
commit;
select 'counted', 1;
`

/** For the shell that psql starts. */
const shown = (word: string): string => (/^[\w./:=@"$-]+$/.test(word) ? word : `'${word}'`)

const lastLine = (text = '') => text.trim().split('\n').at(-1) ?? ''
