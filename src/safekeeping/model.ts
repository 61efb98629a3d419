import type {Temporal} from 'temporal-polyfill'
import type {BackupSet} from '../backup/model.ts'

/** The lock under which the ledger's own backups are taken and brought away. */
export const archiveLock = 'ledger:archive'

/** What a run may be asked to take; `due` is what the clock says. */
export type Taking = BackupSet['type'] | 'due'

/** Hours after which a full, and an incremental backup of the ledger is due. */
const dueAfter = {full: 24, incremental: 1}

/** What is to be taken now; nothing when the last ones are young. WAL is brought away all the same. */
export function dueNow(sets: readonly BackupSet[], now: Temporal.Instant): BackupSet['type'] | undefined {
  const hours = (set: BackupSet | undefined) =>
    set === undefined ? Number.POSITIVE_INFINITY : now.since(set.startedAt).total('hours')
  if (hours(sets.findLast(({type}) => type === 'full')) >= dueAfter.full) return 'full'
  return hours(sets.at(-1)) >= dueAfter.incremental ? 'incremental' : undefined
}

/** What the ledger holds at one restore point. */
export interface LedgerFigures {
  readonly point: string
  /** The WAL segment the point lies in. */
  readonly segment: string
  /** Rows by table. */
  readonly rows: Readonly<Record<string, number>>
  /** Number and hash of the journal's last entry. */
  readonly head: string
  /** Secrets that open with the key at hand. */
  readonly secrets: number
}

/** What differs between the ledger and a restore of it; none when it is the same. */
export function differences(source: LedgerFigures, found: LedgerFigures): readonly string[] {
  const tables = [...new Set([...Object.keys(source.rows), ...Object.keys(found.rows)])].sort()
  const rows = tables
    .filter(name => source.rows[name] !== found.rows[name])
    .map(name => `${name} has ${found.rows[name] ?? 'no'} rows instead of ${source.rows[name] ?? 'none'}`)
  const head = source.head === found.head ? [] : [`the journal ends at ${found.head} instead of ${source.head}`]
  const opened = source.secrets === found.secrets ? [] : [`${found.secrets} secrets open instead of ${source.secrets}`]
  return [...rows, ...head, ...opened]
}

/** Every ten minutes; what is due by then is taken. */
export const backupSchedule = {
  name: 'ledger-backup',
  recurrence: '*/10 * * * *',
  zone: 'UTC',
  runbook: 'ledger-backup',
  input: {type: 'due'},
  catchUp: true,
} as const

/** Every month, in the night. */
export const drillSchedule = {
  name: 'ledger-drill',
  recurrence: '23 3 2 * *',
  zone: 'UTC',
  runbook: 'ledger-drill',
  input: {},
  catchUp: true,
} as const
