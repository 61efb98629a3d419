import type {DrillRow} from '../ledger/backup.ts'
import type {RunResult} from '../runbook/view.ts'
import type {Cell, View} from '../terminal/view.ts'
import type {BackupSet, DrillDetail, Repository} from './model.ts'
import type {BackupStatus} from './status.ts'

const tones = {good: 'good', late: 'warn', broken: 'bad', inactive: 'plain'} as const

/** A line for each environment, and one for each thing that is not as promised. */
export function statusView(items: readonly BackupStatus[]): View {
  const wrong = items.flatMap(({environment, troubles}) => troubles.map(one => ({environment, ...one})))
  return [
    {
      heads: [
        'environment',
        'state',
        'last full',
        'last backup',
        'restorable to',
        'last WAL',
        'free',
        'last drill',
        'kept on',
      ],
      rows: items.map(one => [
        one.environment,
        {text: one.state === 'inactive' ? `inactive (${one.phase})` : one.state, tone: tones[one.state]},
        one.lastFull,
        one.lastBackup,
        one.newestRestorable,
        one.lastArchived,
        one.freePercent === undefined ? undefined : `${one.freePercent} %`,
        one.lastDrill,
        one.repositoryHost,
      ]),
      empty: 'No environment is backed up: selfhelp environment activate TENANT/production',
    },
    ...(wrong.length === 0 ? [] : [{heads: ['environment', 'is', 'because', 'do'], rows: wrong.map(wrongRow)}]),
  ]
}

function wrongRow(one: {environment: string; grade: 'late' | 'broken'; sentence: string; remedy: string}): Cell[] {
  return [one.environment, {text: one.grade, tone: tones[one.grade]}, one.sentence, one.remedy]
}

/** What the repository holds of one environment, the oldest first. */
export function setRows({sets}: Pick<Repository, 'sets'>): View {
  return {
    heads: ['backup', 'type', 'ended', 'took', 'database', 'kept', 'WAL from', 'to', 'damaged'],
    rows: sets.map(one => [
      one.label,
      one.type,
      one.endedAt,
      `${(one.endedAt.epochMilliseconds - one.startedAt.epochMilliseconds) / 1000} s`,
      megabytes(one.size.database),
      megabytes(one.size.repository),
      one.wal.first,
      one.wal.last,
      one.damaged ? {text: 'yes', tone: 'bad'} : undefined,
    ]),
    empty: 'There is no backup yet.',
  }
}

/** One line on a run about backups. */
function ranView(said: string, run: RunResult): View {
  return run.state === 'queued'
    ? `Run ${run.run} is queued: selfhelp run follow ${run.run}`
    : `${said} (run ${run.run})`
}

/** One test restore, or why there was none. */
export interface Drilled {
  readonly environment: string
  readonly run?: string
  readonly drill: DrillRow | undefined
  readonly error?: string
}

/** A row for each test restore. */
export function drilled(items: readonly Drilled[]): {result: {items: readonly Drilled[]}; view: View} {
  const rows = items.map(({environment, drill, error}): Cell[] => {
    const detail = drill?.detail as DrillDetail | undefined
    const proven: Cell = drill?.ok ? {text: 'yes', tone: 'good'} : {text: 'no', tone: 'bad'}
    const seconds = detail && `${(detail.seconds.restore + detail.seconds.replay).toFixed(1)} s`
    return [environment, proven, drill?.backup, seconds, detail && megabytes(detail.bytes), drill?.at, error]
  })
  const heads = ['environment', 'proven', 'backup', 'restored in', 'of', 'at', 'because']
  return {result: {items}, view: {heads, rows, empty: 'No test restore is due.'}}
}

/** The backup that was taken, or would be. */
export function taken({environment, type}: {environment: string; type: string}, run?: RunResult, set?: BackupSet) {
  const result = {environment, type, run: run?.run, state: run?.state, backup: set}
  if (run === undefined) return {result, view: `A ${type} backup of ${environment} would be taken now.`}
  const size = set
    ? `${set.label}: ${megabytes(set.size.database)} of database, ${megabytes(set.size.repository)} kept`
    : ''
  return {result, view: ranView(size, run)}
}

/** What was read, or would be. */
export function verified(environment: string, run?: RunResult) {
  const result = {environment, run: run?.run, state: run?.state}
  if (run === undefined) return {result, view: `Every file of the backups of ${environment} would be read.`}
  return {result, view: ranView(`Every file of the backups of ${environment} is as it was written`, run)}
}

function megabytes(bytes: number): string {
  return bytes < 1e9 ? `${(bytes / 1e6).toFixed(1)} MB` : `${(bytes / 1e9).toFixed(2)} GB`
}
