import {Temporal} from 'temporal-polyfill'
import {type Environment, fullName, hostOf} from '../environment/model.ts'
import {environmentLock, type Platform} from '../environment/steps.ts'
import {Failure, Refusal} from '../error.ts'
import {noteFinding, settleFinding} from '../event/steps.ts'
import {drillById, figuresAt, putDrill, putFigures} from '../ledger/backup.ts'
import type {At, Runbook} from '../runbook/model.ts'
import {type Fact, runbook, step} from '../runbook/step.ts'
import type {Engine} from './engine.ts'
import {differences, figuresIn, remeasuring} from './figures.ts'
import type {BackupSet, DrillDetail, Figures} from './model.ts'
import {engineOf} from './pgbackrest.ts'
import {dropScratch, emptyScratch, scratchOf, startScratch} from './scratch.ts'

export interface DrillInput {
  readonly id: string
  readonly tenant: string
  readonly name: string
  readonly host: string
}

/** The newest state restored beside the real one, compared with what the source held, measured, kept as evidence. */
export function backupDrill(
  platform: Platform,
  named: (input: DrillInput) => Promise<Environment>,
): Runbook<DrillInput> {
  return runbook<DrillInput>({
    id: 'backup-drill',
    bySchedule: true,
    change: 'drill',
    title: ({tenant, name}) => `test restore of ${tenant}/${name}`,
    subject: ({tenant, name}) => `${tenant}/${name}`,
    tenant: ({tenant}) => tenant,
    environments: ({tenant, name}) => [`${tenant}/${name}`],
    locks: ({id, host}) => [environmentLock(id), drillLock(host)],
    steps: input => {
      const environment = () => named(input)
      return [
        step('source-is-measured', measured(platform, environment)),
        step('restore-gives-the-same', proven(platform, environment), {within: 'PT10M'}),
        step('scratch-is-gone', scratchGone(platform, environment)),
      ]
    },
  })
}

/** One test restore at a time on a host: its disk and its processors serve customers first. */
export const drillLock = (host: string): string => `drill:${host}`

type Which = () => Promise<Environment>

/** The restore point of a run. */
const pointOf = ({run}: Pick<At, 'run'>): string => `drill_${run.replace(/[^A-Za-z0-9]/g, '_')}`.slice(0, 63)

/** What the source holds is written down, with the restore point at which it is so. */
export function measured({ledger, ...rest}: Platform, which: Which): Fact {
  const platform = {ledger, ...rest}
  return {
    holds: async at => (await figuresAt(ledger, pointOf(at))) !== undefined,
    make: async at => {
      const environment = await which()
      const figures = await engineOf(platform, environment).measure(pointOf(at), at)
      await putFigures(ledger, {point: figures.point, environment: environment.id, at: figures.at, figures})
    },
  }
}

/** A restore of the newest backup to the point of this run holds the same; see `provenAt`. */
export function proven(platform: Platform, which: Which): Fact {
  return provenAt(platform, which, async at => ({id: at.run, point: pointOf(at)}))
}

/** Which test restore: under which id it is kept, to which point, from which backup; the newest when none is named. */
export interface Chosen {
  readonly id: string
  readonly point: string
  readonly label?: string
}

/** A restore to that point holds the same. Throws `Refusal('backup-unproven')` when it does not; both are evidence. */
export function provenAt(platform: Platform, which: Which, choose: (at: At) => Promise<Chosen>): Fact {
  const {ledger, clock} = platform
  return {
    holds: async at => (await drillById(ledger, (await choose(at)).id))?.ok === true,
    make: async at => {
      const [environment, {id, point, label}] = [await which(), await choose(at)]
      const source = (await figuresAt(ledger, point))?.figures as Figures
      const {set, detail} = await restored(platform, environment, {source, at, label})
      const ok = detail.differences.length === 0
      const row = {id, environment: environment.id, point, backup: set.label, ok, at: clock.now()}
      await putDrill(ledger, {...row, detail})
      const event = {kind: 'backup-unproven', subject: fullName(environment), tenant: environment.tenant}
      if (ok) return void (await settleFinding(ledger, event, clock.now()))
      const remedy = `selfhelp backup take ${fullName(environment)} --type full`
      await noteFinding(ledger, {...event, remedy, detail: {differences: detail.differences, run: at.run}}, clock.now())
      throw unproven(environment, set, detail.differences)
    },
  }
}

/** Nothing of the test restore is left on the host. */
export function scratchGone(platform: Platform, which: Which): Fact {
  const scratch = async (at: At) => scratchOf(platform, await which(), at.run)
  return {
    holds: async at => {
      const {machine, folder} = await scratch(at)
      const [answer] = await machine.ask([{ask: 'run', args: ['test', '!', '-e', folder]}])
      return answer?.exit === 0
    },
    make: async at => dropScratch(await scratch(at), await which(), at),
  }
}

interface Restored {
  readonly set: BackupSet
  readonly detail: DrillDetail
}

async function restored(
  platform: Platform,
  environment: Environment,
  {source, at, label}: {source: Figures; at: At; label: string | undefined},
): Promise<Restored> {
  const engine = engineOf(platform, environment)
  await arrived(platform, engine, {segment: source.segment, at})
  const {sets} = await engine.list()
  const set = label === undefined ? sets.at(-1) : sets.find(one => one.label === label)
  if (set === undefined) throw nothingTo(environment)
  const scratch = await scratchOf(platform, environment, at.run)
  await emptyScratch(scratch, environment, at)
  const watch = stopwatch(platform)
  const timeline = Number.parseInt(set.wal.last.slice(0, 8), 16)
  const goal = {kind: 'point', name: source.point} as const
  at.tell(`restoring ${set.label}`)
  await engine.restore({into: scratch.folder, restoring: {set: set.label, timeline, goal}, archiving: false}, at)
  const restoreSeconds = watch()
  at.tell('replaying WAL')
  await startScratch(scratch, environment, at)
  const replaySeconds = watch()
  const {args, input} = remeasuring(scratch.listening)
  const action = {act: 'run_as', args, input}
  const fence = at.fence(environmentLock(environment.id))
  const [answer] = await scratch.machine.act(`${at.run}-remeasure-${crypto.randomUUID()}`, [action], fence)
  const found = figuresIn(answer, source.point)
  await dropScratch(scratch, environment, at)
  const seconds = {restore: restoreSeconds, replay: replaySeconds, compare: watch()}
  return {
    set,
    detail: {seconds, bytes: set.size.database, digest: found.digest, differences: differences(source, found)},
  }
}

/** WAL up to the point is in the repository, or the archive has stopped. */
export async function arrived(
  {clock}: Pick<Platform, 'clock'>,
  engine: Engine,
  {segment, at}: {segment: string; at: At},
): Promise<void> {
  const deadline = clock.now().add({minutes: 3})
  for (;;) {
    const {archivedSegment, failingSince} = await engine.archive()
    // The first eight digits are the timeline: within one, names are in order.
    if (archivedSegment !== undefined && archivedSegment >= segment) return
    if (Temporal.Instant.compare(clock.now(), deadline) > 0)
      throw new Failure('backup-engine-failed', `WAL ${segment} did not arrive in the repository within 3 minutes.`, {
        facts: {segment, archivedSegment, failingSince: failingSince?.toString()},
      })
    await clock.sleep(300, at.signal)
  }
}

/** Seconds since it was last asked. */
function stopwatch({clock}: Pick<Platform, 'clock'>): () => number {
  let from = clock.now().epochMilliseconds
  return () => {
    const now = clock.now().epochMilliseconds
    const seconds = (now - from) / 1000
    from = now
    return seconds
  }
}

function nothingTo(environment: Environment): Failure {
  const name = fullName(environment)
  return new Failure('backup-engine-failed', `There is no backup of ${name} that could be restored.`, {
    facts: {environment: name, host: hostOf(environment, 'database')},
    remedies: [`selfhelp backup take ${name} --type full`],
  })
}

function unproven(environment: Environment, {label}: BackupSet, found: readonly string[]): Refusal {
  const name = fullName(environment)
  const message = `The backup ${label} of ${name} was restored, and does not hold what the source held: ${found.join('; ')}.`
  return new Refusal('backup-unproven', message, {
    facts: {environment: name, backup: label, differences: found},
    remedies: [`selfhelp backup verify ${name}`, `selfhelp backup take ${name} --type full`],
  })
}
