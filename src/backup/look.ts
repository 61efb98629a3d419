import {Temporal} from 'temporal-polyfill'
import {Failure} from '../error.ts'
import type {Answer, Question} from '../machine/model.ts'
import {program} from '../render/render.ts'
import type {Archive, BackupSet, Repository} from './model.ts'

/** Asks the host of repositories about all of these environments at once. */
export function repositoryQuestion(ids: readonly string[]): Question {
  return {ask: 'run', args: ['perl', '-e', program('backup-look.pl'), ...ids]}
}

/** Asks the databases of these environments on one host about their WAL, all at once. */
export function archiveQuestion(ones: readonly {readonly id: string; readonly port: number}[]): Question {
  const whose = `SELFHELP_ENVIRONMENT=${ones.map(({id}) => id).join(' ')}`
  const words = ['archive-look', archiveSql, ...ones.flatMap(({id, port}) => [id, `${port}`])]
  return {ask: 'run_as', args: ['postgres', 'env', whose, 'sh', '-c', program('archive-look.sh'), ...words]}
}

/**
 * The newest heartbeat that lies wholly in what was archived, a commit record's length from its end. What was archived last
 * may be the note about a backup, which is named after a segment that came before it.
 */
const archiveSql = `
select json_build_object(
  'timeline', (select timeline_id from pg_control_checkpoint()),
  'archivedAt', extract(epoch from a.last_archived_time),
  'archivedSegment', substr(a.last_archived_wal, 1, 24),
  'failingSince', case when a.last_failed_time > coalesce(a.last_archived_time, '-infinity') then
    extract(epoch from coalesce(a.last_archived_time, a.last_failed_time)) end,
  'waiting', (select count(*) from pg_ls_archive_statusdir() where name like '%.ready'),
  'newest', (select extract(epoch from max(pg_xact_commit_timestamp(h.xmin))) from backup.heartbeat h
    where pg_walfile_name(h.lsn + 8192) collate "C" <= substr(a.last_archived_wal, 1, 24) collate "C"),
  'heartbeatAt', (select extract(epoch from max(at)) from backup.heartbeat),
  'command', current_setting('archive_command'))
from pg_stat_archiver a`

/** What the host of repositories answered, by environment. */
export function repositoriesIn(answer: Answer | undefined): ReadonlyMap<string, Repository> {
  const lines = (answer?.out ?? '').split('\n').filter(line => line.startsWith('{'))
  return new Map(lines.map(line => readAs(line, (said: Said) => [said.id, repositoryOf(said)] as const)))
}

/** What the databases of these environments answered; those that did not are left out. */
export function archivesIn(answer: Answer | undefined, ids: readonly string[]): ReadonlyMap<string, Archive> {
  const lines = (answer?.out ?? '').split('\n')
  return new Map(ids.flatMap((id, at) => (lines[at] ? [[id, readAs(lines[at], archiveOf)] as const] : [])))
}

/** A host that fell to somebody says anything: then it has said nothing, and the others are heard. Throws `answer-unreadable`. */
function readAs<S, T>(line: string, read: (said: S) => T): T {
  try {
    return read(JSON.parse(line))
  } catch (cause) {
    throw new Failure('answer-unreadable', 'It said of its backups what cannot be read.', {
      facts: {said: line.slice(0, 200)},
      remedies: ['selfhelp host drift'],
      cause,
    })
  }
}

function archiveOf(said: Readonly<Record<string, number | string | null>>): Archive {
  const instant = (name: string) => (said[name] === null ? undefined : seconds(Number(said[name])))
  return {
    timeline: Number(said.timeline),
    archivedAt: instant('archivedAt'),
    archivedSegment: said.archivedSegment === null ? undefined : String(said.archivedSegment),
    failingSince: instant('failingSince'),
    waiting: Number(said.waiting),
    newest: instant('newest'),
    heartbeatAt: instant('heartbeatAt'),
    command: String(said.command),
  }
}

interface Said {
  readonly id: string
  readonly exit: number
  readonly info: string | readonly Stanza[]
  readonly newest: {readonly segment: string; readonly at: number} | null
  readonly gaps: readonly {
    readonly after: string
    readonly before: string
    readonly from: number
    readonly to: number
  }[]
  readonly timelines: readonly {readonly id: number; readonly since: number}[]
  readonly free: number
  readonly total: number
  readonly units: Readonly<Record<'full' | 'incr' | 'verify', {readonly at: number; readonly exit: number} | null>>
  readonly verified: {readonly at: number; readonly said: string} | null
}

interface Stanza {
  readonly status: {readonly code: number; readonly message: string}
  readonly backup?: readonly EngineBackup[]
}

interface EngineBackup {
  readonly label: string
  readonly type: string
  readonly error: boolean
  readonly timestamp: {readonly start: number; readonly stop: number}
  readonly archive: {readonly start: string; readonly stop: string}
  readonly info: {readonly size: number; readonly repository: {readonly size?: number; readonly delta?: number}}
  readonly reference: readonly string[] | null
}

function repositoryOf(said: Said): Repository {
  const {newest, units, verified} = said
  const attempt = (unit: keyof Said['units']) => {
    const last = units[unit]
    return last ? {at: seconds(last.at), exit: last.exit} : undefined
  }
  const [full, incremental, verify] = [attempt('full'), attempt('incr'), attempt('verify')]
  return {
    ...readInfo(said),
    newestWal: newest ? {segment: newest.segment, at: seconds(newest.at)} : undefined,
    gaps: said.gaps.map(gap => ({...gap, from: seconds(gap.from), to: seconds(gap.to)})),
    timelines: said.timelines.map(line => ({id: line.id, since: seconds(line.since)})),
    freeBytes: said.free,
    totalBytes: said.total,
    attempts: {...(full ? {full} : {}), ...(incremental ? {incremental} : {}), ...(verify ? {verify} : {})},
    verified: verified ? {at: seconds(verified.at), problems: problemsIn(verified.said)} : undefined,
  }
}

/** What the engine's own `info` says of one stanza. */
export function stanzaIn(info: string): Pick<Repository, 'sets' | 'trouble'> {
  return readInfo({exit: 0, info: info.trimStart().startsWith('[') ? (JSON.parse(info) as readonly Stanza[]) : info})
}

/** The engine exits 0 also when it could read nothing: only its words tell (its code 0 is "ok", 2 is "no backups yet"). */
function readInfo({exit, info}: Pick<Said, 'exit' | 'info'>): Pick<Repository, 'sets' | 'trouble'> {
  if (typeof info === 'string') return {sets: [], trouble: info.slice(0, 500) || `it ended with ${exit}`}
  const stanza = info[0]
  if (stanza === undefined) return {sets: [], trouble: 'it knows nothing of this environment'}
  const sets = (stanza.backup ?? []).map(asSet)
  const well = stanza.status.code === 0 || stanza.status.code === 2
  return {sets, trouble: well ? undefined : stanza.status.message}
}

function asSet(backup: EngineBackup): BackupSet {
  const {label, type, error, timestamp, archive, info, reference} = backup
  return {
    label,
    type: type === 'full' ? 'full' : 'incremental',
    startedAt: seconds(timestamp.start),
    endedAt: seconds(timestamp.stop),
    wal: {first: archive.start, last: archive.stop},
    size: {database: info.size, repository: info.repository.delta ?? info.repository.size ?? 0},
    references: reference ?? [],
    damaged: error === true,
  }
}

/** What `verify` says is wrong; it exits 0 on errors, and names only what is not valid. */
export function problemsIn(said: string): readonly string[] {
  const wrong =
    /missing: [1-9]|checksum invalid: [1-9]|size invalid: [1-9]|other: [1-9]|invalid checksum|invalid size|status: (?:error|invalid)|\bERROR:|\bunable to\b|no archives exist|no backups exist/
  return said
    .split('\n')
    .map(line => line.trim())
    .filter(line => wrong.test(line))
    .slice(0, 20)
}

function seconds(value: number): Temporal.Instant {
  return Temporal.Instant.fromEpochMilliseconds(Math.round(value * 1000))
}
