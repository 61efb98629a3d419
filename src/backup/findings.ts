import type {Temporal} from 'temporal-polyfill'
import type {Archive, Repository} from './model.ts'

/** What is known of an environment's backups at one moment. */
export interface Seen {
  /** `acme/production` */
  readonly name: string
  readonly at: Temporal.Instant
  /** Why the repository's host said nothing, when it did not. */
  readonly repository: Repository | {readonly silent: string}
  readonly archive: Archive | {readonly silent: string}
  /** Of the last good test restore. */
  readonly drilledAt: Temporal.Instant | undefined
  /** Since when it is backed up: nothing is late before its time. */
  readonly since: Temporal.Instant
}

/** One thing that is not as promised. */
export interface Trouble {
  readonly kind: TroubleKind
  /** Late is what still restores, but less than promised; broken is what may not restore. */
  readonly grade: 'late' | 'broken'
  readonly sentence: string
  readonly remedy: string
  /** A full backup right now makes what comes after it restorable again. */
  readonly healedByFull?: true
}

export const troubleKinds = [
  'backup-host-silent',
  'backup-unreadable',
  'backup-late',
  'backup-failing',
  'backup-gap',
  'backup-wal-dropped',
  'archive-stopped',
  'backup-heartbeat-stopped',
  'repository-full',
  'repository-filling',
  'backup-corrupt',
  'backup-pages-damaged',
  'backup-unverified',
  'drill-late',
] as const
export type TroubleKind = (typeof troubleKinds)[number]

/** Everything that is not as promised; none is a good state. */
export function troubles(seen: Seen): readonly Trouble[] {
  const {repository, archive} = seen
  const silent = [
    ...('silent' in repository ? [silentHost(seen, repository.silent)] : ofRepository(seen, repository)),
    ...('silent' in archive ? [silentHost(seen, archive.silent)] : ofArchive(seen, archive)),
  ]
  const between = 'silent' in repository || 'silent' in archive ? [] : dropped(seen, {repository, archive})
  return [...silent, ...between, ...ofDrills(seen)]
}

const silentHost = (_: Seen, sentence: string): Trouble => ({
  kind: 'backup-host-silent',
  grade: 'broken',
  sentence,
  remedy: 'selfhelp doctor',
})

/** R229: one success a day; R231: one an hour, and an alert after that. */
const patience = {full: 25 * 60, incremental: 75, archived: 5, heartbeat: 5, verified: 120, drill: 31 * 24 * 60}

function ofRepository(seen: Seen, repository: Repository): readonly Trouble[] {
  const {name} = seen
  if (repository.trouble !== undefined) {
    const sentence = `the repository cannot be read: ${repository.trouble}`
    const unreadable = {
      kind: 'backup-unreadable',
      grade: 'broken',
      sentence,
      remedy: `selfhelp backup verify ${name}`,
    } as const
    return [...space(seen, repository), unreadable]
  }
  const fulls = repository.sets.filter(({type}) => type === 'full')
  const [last, lastFull] = [repository.sets.at(-1)?.endedAt, fulls.at(-1)?.endedAt]
  const full = `selfhelp backup take ${name} --type full`
  return [
    ...space(seen, repository),
    ...late(seen, {what: 'full backup', at: lastFull, minutes: patience.full, remedy: full}),
    ...late(seen, {what: 'backup', at: last, minutes: patience.incremental, remedy: `selfhelp backup take ${name}`}),
    ...failing(seen, repository),
    ...holes(repository, full),
    ...rotten(seen, repository),
    ...unverified(seen, repository),
  ]
}

/** Those before the newest full are history: what was taken after them does not need them. */
function holes({gaps, sets}: Repository, remedy: string): readonly Trouble[] {
  const newest = sets.findLast(({type}) => type === 'full')
  const open = gaps.filter(({before}) => newest === undefined || before > newest.wal.first)
  return open.map(({after, before}) => {
    const sentence = `WAL is missing between ${after} and ${before}: nothing between them can be restored`
    return {kind: 'backup-gap', grade: 'broken', sentence, remedy, ...heals}
  })
}

/** A full taken after the last reading needs none of the files that were found wrong. */
function rotten({name}: Seen, {sets, verified}: Repository): readonly Trouble[] {
  const last = sets.findLast(({type}) => type === 'full')
  const problem = verified?.problems[0]
  const newer = last !== undefined && verified !== undefined && isAfter(last.startedAt, verified.at)
  const sentence = `files of the repository are not what was written: ${problem}`
  const remedy = `selfhelp backup take ${name} --type full`
  const corrupt: Trouble = newer
    ? {kind: 'backup-corrupt', grade: 'late', sentence, remedy: `selfhelp backup verify ${name}`}
    : {kind: 'backup-corrupt', grade: 'broken', sentence, remedy, ...heals}
  const pages = `${sets.at(-1)?.label} holds pages with a wrong checksum: the database itself is damaged`
  const damaged: Trouble = {
    kind: 'backup-pages-damaged',
    grade: 'broken',
    sentence: pages,
    remedy: `selfhelp backup list ${name}`,
  }
  return [...(problem === undefined ? [] : [corrupt]), ...(sets.at(-1)?.damaged ? [damaged] : [])]
}

const heals = {healedByFull: true} as const

function space({name}: Seen, {freeBytes, totalBytes}: Repository): readonly Trouble[] {
  if (totalBytes === 0) return []
  const percent = (freeBytes / totalBytes) * 100
  const sentence = `the repository has ${percent.toFixed(1)} % of its disk left`
  const remedy = `Give the repository of ${name} more disk: selfhelp environment show ${name}`
  if (percent < 2) return [{kind: 'repository-full', grade: 'broken', sentence, remedy}]
  return percent < 10 ? [{kind: 'repository-filling', grade: 'late', sentence, remedy}] : []
}

interface Due {
  readonly what: string
  readonly at: Temporal.Instant | undefined
  readonly minutes: number
  readonly remedy: string
}

function late({at: now, since}: Seen, {what, at, minutes, remedy}: Due): readonly Trouble[] {
  const from = at ?? since
  const age = minutesBetween(from, now)
  if (at !== undefined ? age <= minutes : age <= 60) return []
  const sentence = at === undefined ? `there is no ${what} yet` : `the last ${what} is ${spoken(age)} old`
  return [{kind: 'backup-late', grade: 'late', sentence, remedy}]
}

function failing({name}: Seen, {attempts}: Repository): readonly Trouble[] {
  const failed = (['full', 'incremental'] as const).filter(type => (attempts[type]?.exit ?? 0) !== 0)
  return failed.map(type => ({
    kind: 'backup-failing',
    grade: 'late',
    sentence: `the last ${type} backup ended with ${attempts[type]?.exit}`,
    remedy: `selfhelp backup take ${name} --type ${type}`,
  }))
}

function unverified({name, at, since}: Seen, {verified}: Repository): readonly Trouble[] {
  const age = minutesBetween(verified?.at ?? since, at)
  if (age <= patience.verified) return []
  const sentence = `its files were not read and compared for ${spoken(age)}`
  return [{kind: 'backup-unverified', grade: 'late', sentence, remedy: `selfhelp backup verify ${name}`}]
}

/** The age counts, not what the archiver says: it says "failed" long after it works again, and nothing while it hangs. */
function ofArchive({name, at, since}: Seen, archive: Archive): readonly Trouble[] {
  const remedy = `selfhelp environment drift ${name}`
  const stopped = (sentence: string): Trouble => ({kind: 'archive-stopped', grade: 'broken', sentence, remedy})
  if (!archive.command.includes('archive-push'))
    return [stopped(`its WAL goes nowhere: archive_command is ${JSON.stringify(archive.command)}`)]
  const age = minutesBetween(archive.archivedAt ?? since, at)
  const beat = minutesBetween(archive.heartbeatAt ?? since, at)
  const waiting = archive.waiting > 0 ? `; ${archive.waiting} segments wait` : ''
  return [
    ...(age > patience.archived && (archive.waiting > 0 || beat <= patience.heartbeat)
      ? [stopped(`no WAL has arrived in the repository for ${spoken(age)}${waiting}`)]
      : []),
    ...(beat > patience.heartbeat
      ? [
          {
            kind: 'backup-heartbeat-stopped',
            grade: 'late',
            sentence: `its heartbeat stopped ${spoken(beat)} ago`,
            remedy: `selfhelp environment drift ${name}`,
          } as const,
        ]
      : []),
  ]
}

/** The engine may throw WAL away and say that it was archived (`archive-push-queue-max`): then the repository knows less. */
function dropped(
  {name, at}: Seen,
  {repository, archive}: {repository: Repository; archive: Archive},
): readonly Trouble[] {
  const {archivedSegment, archivedAt} = archive
  const newest = repository.newestWal?.segment
  if (archivedSegment === undefined || archivedAt === undefined || !/^[0-9A-F]{24}$/.test(archivedSegment)) return []
  const settled = minutesBetween(archivedAt, at) * 60 > 20
  if (!settled || (newest !== undefined && newest >= archivedSegment)) return []
  const sentence = `the database was told that ${archivedSegment} is archived, and the repository ends at ${newest ?? 'nothing'}`
  const remedy = `selfhelp backup take ${name} --type full`
  return [{kind: 'backup-wal-dropped', grade: 'broken', sentence, remedy, ...heals}]
}

function ofDrills({name, at, since, drilledAt}: Seen): readonly Trouble[] {
  const age = minutesBetween(drilledAt ?? since, at)
  if (age <= patience.drill) return []
  const sentence = `its last good test restore is ${spoken(age)} old`
  return [{kind: 'drill-late', grade: 'late', sentence, remedy: `selfhelp backup drill ${name}`}]
}

const minutesBetween = (from: Temporal.Instant, to: Temporal.Instant) =>
  (to.epochMilliseconds - from.epochMilliseconds) / 60_000
const isAfter = (a: Temporal.Instant, b: Temporal.Instant) => a.epochMilliseconds > b.epochMilliseconds

/** `75 min`, `26 h`, `40 days` */
function spoken(minutes: number): string {
  if (minutes < 120) return `${Math.round(minutes)} min`
  return minutes < 48 * 60 ? `${Math.round(minutes / 60)} h` : `${Math.round(minutes / 1440)} days`
}
