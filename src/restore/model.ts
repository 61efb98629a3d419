import {Temporal} from 'temporal-polyfill'
import type {BackupSet, Gap} from '../backup/model.ts'

/** The age from which a backup counts as one that must be fetched first (R235, R236). */
const nearHours = 48

/** How long we have, from the age of the wanted moment: under 2 hours up to 48 hours, 24 hours beyond (R235, R236). */
export function dueFrom({target, askedAt}: {target: Temporal.Instant; askedAt: Temporal.Instant}): Temporal.Instant {
  const age = askedAt.epochMilliseconds - target.epochMilliseconds
  return askedAt.add({hours: age <= nearHours * 3_600_000 ? 2 : 24})
}

/** From when to when a restore reaches, and what it does not reach between. */
export interface Reach {
  readonly from: Temporal.Instant
  readonly to: Temporal.Instant
  readonly not: readonly {readonly from: Temporal.Instant; readonly to: Temporal.Instant; readonly because: string}[]
}

interface Known {
  readonly sets: readonly BackupSet[]
  readonly gaps: readonly Gap[]
  /** The last commit that was archived: a restore stops at the one before what comes after its target. */
  readonly newest: Temporal.Instant | undefined
  /** Windows in which the database was closed and no commit was made. */
  readonly closed: readonly {readonly from: Temporal.Instant; readonly to: Temporal.Instant}[]
}

/** What a restore reaches; undefined while there is no backup at all. */
export function reachOf({sets, gaps, newest, closed}: Known): Reach | undefined {
  const oldest = sets.find(({type}) => type === 'full')
  if (oldest === undefined || newest === undefined) return undefined
  const missing = gaps.map(gap => {
    // What lies behind a gap is reached again from the first full that was begun after it.
    const next = sets.find(set => set.type === 'full' && set.wal.first >= gap.before)
    return {from: gap.from, to: next?.endedAt ?? newest, because: 'WAL is missing'}
  })
  return {
    from: oldest.endedAt,
    to: newest,
    not: [...missing, ...closed.map(one => ({...one, because: 'it was closed for a restore'}))],
  }
}

/** Why that moment is out of reach; undefined when it is reached. */
export function outOfReach({from, to, not}: Reach, target: Temporal.Instant): string | undefined {
  const before = (a: Temporal.Instant, b: Temporal.Instant) => Temporal.Instant.compare(a, b) < 0
  if (before(target, from)) return `the oldest backup ended at ${from}`
  if (!before(target, to)) return `the newest commit in the repository is of ${to}`
  const hole = not.find(one => before(one.from, target) && before(target, one.to))
  return hole && `${hole.because} from ${hole.from} to ${hole.to}`
}

export interface Line {
  readonly timeline: number
  readonly since: Temporal.Instant
}

/** Which line of WAL was the real one at that moment; the first one when nothing is on record. */
export function lineAt(lines: readonly Line[], at: Temporal.Instant): number {
  const before = lines.filter(({since}) => Temporal.Instant.compare(since, at) <= 0)
  return before.at(-1)?.timeline ?? 1
}

/**
 * The newest backup that ended before that moment while its own line was the real one: an older one of another line would be
 * refused ("not a child of this server's history"). `lines` are all lines of the environment.
 */
export function setFor(
  sets: readonly BackupSet[],
  {target, lines}: {target: Temporal.Instant; lines: readonly Line[]},
): BackupSet | undefined {
  const line = lineAt(lines, target)
  return sets.findLast(
    set => Temporal.Instant.compare(set.endedAt, target) < 0 && Number.parseInt(set.wal.last.slice(0, 8), 16) === line,
  )
}

/** What a plan says; nothing was touched to make it. */
export interface RestorePlan {
  readonly set: string
  readonly builtOn: readonly string[]
  readonly timeline: number
  readonly wal: {readonly first: string; readonly last: string; readonly continuous: true}
  readonly lastReachable: Temporal.Instant
  readonly space: {readonly needed: number; readonly free: number}
  /** Seconds people are kept out, at least and at most; from measured test restores. */
  readonly closedSeconds: {readonly least: number; readonly most: number} | undefined
  readonly seconds: {readonly least: number; readonly most: number} | undefined
  /** What was done since the target and will be undone. */
  readonly lost: {readonly minutes: number; readonly rows: Readonly<Record<string, number>>}
  readonly steps: readonly string[]
  /** Into which environment it is copied, and what nobody is to recognise in it; then `lost` is what that one holds. */
  readonly copy?: {readonly into: string; readonly masking: readonly string[]} | undefined
}

/** How wrong an estimate may be, either way. */
const spread = 0.25

/** At least and at most, around what was measured. */
export function rangeAround(seconds: number): {least: number; most: number} {
  const round = (value: number) => Math.round(value * 10) / 10
  return {least: round(seconds * (1 - spread)), most: round(seconds * (1 + spread))}
}
