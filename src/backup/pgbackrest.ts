import type {Temporal} from 'temporal-polyfill'
import {type Environment, fullName, hostOf} from '../environment/model.ts'
import {environmentLock, type Platform} from '../environment/steps.ts'
import {Failure} from '../error.ts'
import type {Machine} from '../machine/model.ts'
import type {At} from '../runbook/model.ts'
import type {Engine, Restoring} from './engine.ts'
import {figuresIn, measuring} from './figures.ts'
import {runJob} from './job.ts'
import {archiveQuestion, archivesIn, problemsIn, repositoriesIn, repositoryQuestion} from './look.ts'
import type {Archive, BackupSet, Figures, Repository} from './model.ts'
import {repositoryOf} from './pair.ts'
import {at as place} from './place.ts'
import {engineTrouble} from './trouble.ts'

/** The backups of an environment, taken by pgBackRest (docs/decisions/backup.md). */
export function engineOf(platform: Platform, environment: Environment): Engine {
  const subject: Subject = {platform, environment}
  const list = () => listed(subject)
  return {
    list,
    prepare: at => prepared(subject, at),
    take: (type, at) => taken(subject, type, at),
    verify: async at => {
      const {out, err} = await onRepository(subject, at, ['--output=text', '--verbose', 'verify'])
      return {problems: problemsIn(`${out}\n${err}`)}
    },
    restore: ({into, restoring, archiving, beside = environment}, at) => {
      const words = [...goalOf(restoring), ...(archiving ? [] : ['--archive-mode=off'])]
      return laid(subject, {into, words, beside}, at)
    },
    restoreAsStandby: ({into, primary}, at) => {
      const words = ['--type=standby', `--recovery-option=primary_conninfo=${primary}`]
      return laid(subject, {into, words, beside: environment}, at)
    },
    expire: async at => void (await onRepository(subject, at, ['expire'])),
    archive: () => archived(subject),
    measure: (point, at) => measured(subject, point, at),
  }
}

interface Subject {
  readonly platform: Platform
  readonly environment: Environment
}

/** The command line of the engine for one environment; its own defaults would find Debian's example. */
export function pgbackrest(id: string, words: readonly string[]): readonly string[] {
  return [
    'pgbackrest',
    `--config=${place.config}`,
    `--config-include-path=${place.include}`,
    `--stanza=${id}`,
    ...words,
  ]
}

/** Targets are given in UTC to the microsecond: everything else has been misread by somebody. */
export function goalOf({set, timeline, goal}: Restoring): readonly string[] {
  const common = [`--set=${set}`, '--target-action=promote']
  switch (goal.kind) {
    case 'time':
      return [...common, '--type=time', `--target=${engineTime(goal.at)}`, `--target-timeline=${timeline}`]
    case 'point':
      return [...common, '--type=name', `--target=${goal.name}`, `--target-timeline=${timeline}`]
    case 'set-only':
      return [...common, '--type=immediate']
  }
}

/** `2026-11-22 14:13:12.123456+00` */
export function engineTime(at: Temporal.Instant): string {
  const text = at.toString({fractionalSecondDigits: 6, roundingMode: 'trunc'})
  return text.replace('T', ' ').replace('Z', '+00')
}

async function prepared(subject: Subject, at: At): Promise<void> {
  await onRepository(subject, at, ['stanza-create'])
}

/** Started through the unit that the timer starts, so that two never run at once and one finds the other. */
async function taken(subject: Subject, type: BackupSet['type'], at: At): Promise<BackupSet> {
  const {environment} = subject
  const before = await listed(subject)
  const unit = `${environment.id}-backup-${type === 'full' ? 'full' : 'incr'}.service`
  const machine = await repositoryMachine(subject)
  const name = `${at.run} ${type} ${environment.id} after ${before.sets.at(-1)?.label ?? 'none'}`
  const fence = at.fence(environmentLock(environment.id))
  const {exit, err} = await runJob(machine, {
    name,
    user: 'root',
    argv: ['systemctl', 'start', unit],
    fence,
    signal: at.signal,
  })
  const after = await listed(subject)
  const last = after.sets.at(-1)
  if (exit === 0 && last !== undefined && last.label !== before.sets.at(-1)?.label) return last
  const tried = type === 'full' ? after.attempts.full : after.attempts.incremental
  const said = await journalOf(machine, unit)
  throw engineTrouble({
    environment: fullName(environment),
    host: machine.host,
    doing: `the ${type} backup`,
    exit: tried?.exit ?? exit,
    said: said || err,
  })
}

async function journalOf(machine: Machine, unit: string): Promise<string> {
  const args = ['journalctl', '--no-pager', '-q', '-n', '12', '-o', 'cat', '-u', unit]
  const [answer] = await machine.ask([{ask: 'run', args}])
  return answer?.out.trim() ?? ''
}

async function listed(subject: Subject): Promise<Repository> {
  const {id} = subject.environment
  const machine = await repositoryMachine(subject)
  const [answer] = await machine.ask([repositoryQuestion([id])])
  const found = repositoriesIn(answer).get(id)
  if (found) return found
  throw new Failure(
    'backup-engine-failed',
    `${machine.host} said nothing of the backups of ${fullName(subject.environment)}.`,
    {
      facts: {host: machine.host, exit: answer?.exit, said: answer?.err.slice(-500)},
    },
  )
}

async function archived({platform, environment}: Subject): Promise<Archive> {
  const machine = await platform.machine(hostOf(environment, 'database'))
  const [answer] = await machine.ask([archiveQuestion([{id: environment.id, port: environment.ports.database}])])
  const found = archivesIn(answer, [environment.id]).get(environment.id)
  if (found) return found
  throw new Failure(
    'backup-engine-failed',
    `The database of ${fullName(environment)} did not answer on ${machine.host}.`,
    {
      facts: {host: machine.host, said: answer?.err.slice(-500)},
      remedies: [`On ${machine.host}: journalctl -u postgresql@15-${environment.id}`],
    },
  )
}

async function measured({platform, environment}: Subject, point: string, at: At): Promise<Figures> {
  const machine = await platform.machine(hostOf(environment, 'database'))
  const {args, input} = measuring({port: environment.ports.database, point})
  const action = {act: 'run_as', args, input}
  const [answer] = await machine.act(`${at.run}-measure-${point}`, [action], at.fence(environmentLock(environment.id)))
  return figuresIn(answer, point)
}

interface Laid {
  readonly into: string
  readonly words: readonly string[]
  readonly beside: Environment
}

async function laid({platform, environment}: Subject, {into, words, beside}: Laid, at: At): Promise<void> {
  const machine = await platform.machine(hostOf(beside, 'database'))
  const lay = pgbackrest(environment.id, ['--log-level-console=warn', `--pg1-path=${into}`, ...words, 'restore'])
  const argv = ['sh', '-c', 'find "$1" -mindepth 1 -delete; shift; exec "$@"', 'lay', into, ...lay]
  const fence = at.fence(environmentLock(beside.id))
  const end = await runJob(machine, {
    name: `${at.run} restore ${into}`,
    user: 'postgres',
    argv,
    anew: true,
    fence,
    signal: at.signal,
  })
  if (end.exit === 0) return
  throw engineTrouble({
    environment: fullName(environment),
    host: machine.host,
    doing: 'laying out the restore',
    exit: end.exit,
    said: `${end.out}\n${end.err}`.trim(),
  })
}

async function onRepository(subject: Subject, at: At, words: readonly string[]) {
  const {environment} = subject
  const machine = await repositoryMachine(subject)
  const argv = pgbackrest(environment.id, words)
  const fence = at.fence(environmentLock(environment.id))
  const end = await runJob(machine, {
    name: `${at.run} ${words.at(-1)} ${environment.id}`,
    user: 'postgres',
    argv,
    fence,
  })
  if (end.exit === 0) return end
  throw engineTrouble({
    environment: fullName(environment),
    host: machine.host,
    doing: words.at(-1) ?? 'the work',
    exit: end.exit,
    said: `${end.out}\n${end.err}`.trim(),
  })
}

async function repositoryMachine({platform, environment}: Subject): Promise<Machine> {
  return platform.machine(repositoryOf(environment))
}
