import {arrived, type BackupSet, engineOf, provenAt, type Repository} from '../backup/steps.ts'
import {fullName, hostOf} from '../environment/model.ts'
import {environmentLock} from '../environment/steps.ts'
import {Refusal} from '../error.ts'
import {figuresAt, putFigures} from '../ledger/backup.ts'
import type {At} from '../runbook/model.ts'
import type {Fact} from '../runbook/step.ts'
import type {Safe} from './work.ts'

/** The backup of the state before. */
export interface Safety {
  readonly label: string
  readonly run: string
  readonly timeline: number
}

/** The restore point of the state before, from which it can be brought back. */
export const pointBefore = (run: string): string => `before_${run.replace(/[^A-Za-z0-9]/g, '_')}`.slice(0, 63)

/** What is there now is in the repository, by an incremental taken while nobody writes, and would be restored (R239). */
export function backedUpNow({platform, which, kept}: Safe): Fact {
  const engine = async () => engineOf(platform, await which())
  const known = async () => (await kept.detail()).safety as Safety | undefined
  return {
    holds: async at => (await known())?.run === at.run,
    make: async at => {
      await beat({platform, which}, at)
      const set = await (await engine()).take('incremental', at)
      const repository = await (await engine()).list()
      const missing = notProven(set, repository)
      if (missing !== undefined) throw unproven(fullName(await which()), set, missing)
      const safety = {label: set.label, run: at.run, timeline: Number.parseInt(set.wal.last.slice(0, 8), 16)}
      await kept.keep({safety})
    },
  }
}

/**
 * Why a backup of this moment would not bring it back. While closed there is no time to restore it: that its chain's full was
 * restored within a day, that it ended without error and that its WAL is there whole is the proof; the restore comes after.
 */
export function notProven(set: BackupSet, repository: Repository): string | undefined {
  if (repository.trouble !== undefined) return repository.trouble
  const found = repository.sets.find(({label}) => label === set.label)
  if (found === undefined) return 'the repository does not list it'
  if (found.damaged) return 'pages in it have a wrong checksum'
  const lost = found.references.find(label => !repository.sets.some(one => one.label === label))
  if (lost !== undefined) return `it builds on ${lost}, which is not there`
  if (repository.newestWal === undefined || repository.newestWal.segment < found.wal.last)
    return `WAL ${found.wal.last} has not arrived`
  const gap = repository.gaps.find(({after, before}) => before > found.wal.first && after < found.wal.last)
  return gap && `WAL is missing between ${gap.after} and ${gap.before}`
}

/** What it held, to the row, at a restore point that has arrived in the repository. */
export function measuredBefore({platform, which}: Pick<Safe, 'platform' | 'which'>): Fact {
  return {
    holds: async at => (await figuresAt(platform.ledger, pointBefore(at.run))) !== undefined,
    make: async at => {
      const environment = await which()
      const engine = engineOf(platform, environment)
      const figures = await engine.measure(pointBefore(at.run), at)
      await arrived(platform, engine, {segment: figures.segment, at})
      await putFigures(platform.ledger, {point: figures.point, environment: environment.id, at: figures.at, figures})
    },
  }
}

/** The whole restore of exactly that backup, when people are in again: evidence, and the promise of `restore undo`. */
export function wayBackProven({platform, which, kept}: Safe): Fact {
  return provenAt(platform, which, async at => {
    const {label} = (await kept.detail()).safety as Safety
    return {id: `${at.run}/way-back`, point: pointBefore(at.run), label}
  })
}

/** A commit after closing, so that the last moment before it can be restored to. */
async function beat({platform, which}: Pick<Safe, 'platform' | 'which'>, at: At): Promise<void> {
  const environment = await which()
  const machine = await platform.machine(hostOf(environment, 'database'))
  const action = {act: 'run', args: ['systemctl', 'start', `${environment.id}-heartbeat.service`]}
  await machine.act(`${at.run}-beat`, [action], at.fence(environmentLock(environment.id)))
}

function unproven(name: string, {label}: BackupSet, why: string): Refusal {
  return new Refusal(
    'backup-unproven',
    `The backup ${label} of ${name} as it is now would not bring it back: ${why}.`,
    {
      facts: {environment: name, backup: label, why},
      remedies: [`selfhelp backup status ${name}`],
    },
  )
}
