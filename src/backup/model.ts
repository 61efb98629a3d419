import type {Temporal} from 'temporal-polyfill'

/** One backup in the repository: what a restore starts from. */
export interface BackupSet {
  /** `20261122-141312F`, or `…F_20261122-151300I` for one that builds on a full. */
  readonly label: string
  readonly type: 'full' | 'incremental'
  readonly startedAt: Temporal.Instant
  readonly endedAt: Temporal.Instant
  /** The first and the last WAL segment without which it cannot be restored. */
  readonly wal: {readonly first: string; readonly last: string}
  /** Bytes of the database, and of what the repository holds for it. */
  readonly size: {readonly database: number; readonly repository: number}
  /** Labels it builds on, the full first. */
  readonly references: readonly string[]
  /** The engine itself found a page with a wrong checksum in it. */
  readonly damaged: boolean
}

/** WAL that is missing in the repository: what lies behind it cannot be restored without a backup taken after it. */
export interface Gap {
  /** The last segment before it and the first one after it. */
  readonly after: string
  readonly before: string
  /** When these two arrived. */
  readonly from: Temporal.Instant
  readonly to: Temporal.Instant
}

/** A line of history: it begins where an earlier one was restored. */
export interface Timeline {
  readonly id: number
  readonly since: Temporal.Instant
}

/** What a repository holds of one environment. */
export interface Repository {
  /** The oldest first. */
  readonly sets: readonly BackupSet[]
  /** Why the engine cannot read it; then `sets` is empty. */
  readonly trouble: string | undefined
  readonly newestWal: {readonly segment: string; readonly at: Temporal.Instant} | undefined
  readonly gaps: readonly Gap[]
  readonly timelines: readonly Timeline[]
  readonly freeBytes: number
  readonly totalBytes: number
  /** The last attempt of each kind, when there was one. */
  readonly attempts: Readonly<Partial<Record<Attempt, {readonly at: Temporal.Instant; readonly exit: number}>>>
  /** The last time every file was read and compared. */
  readonly verified: {readonly at: Temporal.Instant; readonly problems: readonly string[]} | undefined
}

export type Attempt = 'full' | 'incremental' | 'verify'

/** What the database says of its WAL. */
export interface Archive {
  readonly timeline: number
  readonly archivedAt: Temporal.Instant | undefined
  readonly archivedSegment: string | undefined
  /** Of the last failure, when nothing was archived since. */
  readonly failingSince: Temporal.Instant | undefined
  /** Segments that wait. */
  readonly waiting: number
  /** The last heartbeat that has been archived: the newest moment a restore reaches. */
  readonly newest: Temporal.Instant | undefined
  readonly heartbeatAt: Temporal.Instant | undefined
  readonly command: string
}

/** What a database holds, measured at one restore point. */
export interface Figures {
  /** The name of the restore point, at which the same must be found again. */
  readonly point: string
  readonly at: Temporal.Instant
  /** The WAL segment the point lies in; the restore reaches it once that is in the repository. */
  readonly segment: string
  readonly schemaLevel: number
  /** Rows by `schema.table`. */
  readonly rows: Readonly<Record<string, number>>
  /** Over every row of these tables, whatever their order. */
  readonly digest: string
}

/** How a test restore went. */
export interface DrillDetail {
  /** Of wall time: laying out the files, replaying WAL up to the goal, comparing. */
  readonly seconds: {readonly restore: number; readonly replay: number; readonly compare: number}
  /** Of the database. */
  readonly bytes: number
  readonly digest: string
  /** None is a proof. */
  readonly differences: readonly string[]
}

/** Fulls are kept that many days (R230). */
export const keepDays = 5

/** A number of its own, by its id: what must not happen to all at once is spread by it. */
function placeInDay(id: string): number {
  return [...id].reduce((sum, letter) => (sum * 33 + letter.charCodeAt(0)) % 86_400, 7)
}

/** Five cron fields: once a month, between 01:00 and 04:59. */
export function nightOf(id: string): string {
  const place = placeInDay(id)
  return `${place % 60} ${1 + (Math.floor(place / 60) % 4)} ${1 + (Math.floor(place / 7) % 28)} * *`
}

/** Backups of environments are spread over the hour and over the night, by their id. */
export function hoursOf(id: string): {readonly full: string; readonly incremental: string; readonly verify: string} {
  const place = placeInDay(id)
  const night = (place % 420) + 20 * 60 + 30
  const minute = place % 60
  const two = (value: number) => `${value % 24}`.padStart(2, '0')
  return {
    full: `*-*-* ${two(Math.floor(night / 60))}:${`${night % 60}`.padStart(2, '0')}:00 UTC`,
    incremental: `*-*-* *:${`${minute}`.padStart(2, '0')}:00 UTC`,
    verify: `*-*-* *:${[minute + 15, minute + 45].map(at => `${at % 60}`.padStart(2, '0')).join()}:00 UTC`,
  }
}
