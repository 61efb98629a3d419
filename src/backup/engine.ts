import type {Temporal} from 'temporal-polyfill'
import type {Environment} from '../environment/model.ts'
import type {At} from '../runbook/model.ts'
import type {Archive, BackupSet, Figures, Repository} from './model.ts'

/** Where a restore ends. */
export type Goal =
  /** The state right after the last transaction that was committed at or before that instant. */
  | {readonly kind: 'time'; readonly at: Temporal.Instant}
  /** A restore point that was named on the source. */
  | {readonly kind: 'point'; readonly name: string}
  /** The end of that set and no more. */
  | {readonly kind: 'set-only'}

/** What is restored from, and how far. */
export interface Restoring {
  readonly set: string
  readonly timeline: number
  readonly goal: Goal
}

export interface Laying {
  readonly into: string
  readonly restoring: Restoring
  readonly archiving: boolean
  /** On whose host, under whose lock; its own when left out. */
  readonly beside?: Environment
}

/** What reading every file gave. */
export interface Verdict {
  readonly problems: readonly string[]
}

/**
 * Backups of one environment, whatever program takes them. Everything that changes is a job of the host: typed again after an
 * interruption it is found running. Throws `Failure('backup-engine-failed')` with what is true then.
 */
export interface Engine {
  /** Makes room and key for it in the repository, and proves that WAL arrives there. */
  prepare(at: At): Promise<void>
  /** Takes one now; the set it gave. The same run asked again gives the same set. */
  take(type: BackupSet['type'], at: At): Promise<BackupSet>
  /** Everything the repository holds, and what it lacks. */
  list(): Promise<Repository>
  /** Reads every file and compares it with its checksum. */
  verify(at: At): Promise<Verdict>
  /** Lays the files of a restore into a folder that nobody uses; the server that starts there replays WAL up to the goal. */
  restore(asked: Laying, at: At): Promise<void>
  /** The same, to follow the primary from there on. */
  restoreAsStandby(asked: {readonly into: string; readonly primary: string}, at: At): Promise<void>
  /** Takes away what is older than what must be kept; the last good full never. */
  expire(at: At): Promise<void>
  /** What the database itself says of its WAL. */
  archive(): Promise<Archive>
  /** Names this moment in the WAL and measures what the database holds at it; the WAL up to it is on its way when this ends. */
  measure(point: string, at: At): Promise<Figures>
}
