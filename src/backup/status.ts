import type {Temporal} from 'temporal-polyfill'
import {asEnvironment, type Environment, fullName, hostOf} from '../environment/model.ts'
import type {Platform} from '../environment/steps.ts'
import {CodedError, Refusal} from '../error.ts'
import {backups, lastGoodDrills} from '../ledger/backup.ts'
import {environmentsOf} from '../ledger/environment.ts'
import type {Answer, Question} from '../machine/model.ts'
import {type Seen, type Trouble, troubles} from './findings.ts'
import {archiveQuestion, archivesIn, repositoriesIn, repositoryQuestion} from './look.ts'
import type {Repository} from './model.ts'
import {repositoryOf} from './pair.ts'

/** An environment's backups at a glance. */
export interface BackupStatus {
  readonly environment: string
  readonly phase: string
  readonly state: 'good' | 'late' | 'broken' | 'inactive'
  readonly repositoryHost: string | undefined
  readonly lastFull: Temporal.Instant | undefined
  readonly lastBackup: Temporal.Instant | undefined
  /** A restore reaches every moment from the first to the second of these, but for gaps. */
  readonly oldestRestorable: Temporal.Instant | undefined
  readonly newestRestorable: Temporal.Instant | undefined
  readonly lastArchived: Temporal.Instant | undefined
  readonly freePercent: number | undefined
  readonly lastDrill: Temporal.Instant | undefined
  readonly troubles: readonly Trouble[]
}

/** The same with what it was made from, for who has to heal it. */
export interface Examined {
  readonly environment: Environment
  readonly seen: Seen | undefined
  readonly status: BackupStatus
}

/** Looks at the backups of the environments named, or of all: one exchange per host. Throws `Refusal('not-found')`. */
export async function examine(platform: Platform, names: readonly string[]): Promise<readonly Examined[]> {
  const all = (await environmentsOf(platform.ledger)).map(asEnvironment)
  const unknown = names.filter(name => !all.some(one => fullName(one) === name))
  if (unknown.length > 0)
    throw new Refusal('not-found', `There is no environment ${unknown.join(', ')}.`, {
      facts: {unknown},
      remedies: ['selfhelp environment list'],
    })
  const meant =
    names.length > 0 ? all.filter(one => names.includes(fullName(one))) : all.filter(({archived}) => archived)
  const active = meant.filter(({archived}) => archived)
  const [repository, archive, drilled, since] = await Promise.all([
    askHosts(platform, active, {
      host: repositoryOf,
      question: ones => repositoryQuestion(ones.map(({id}) => id)),
      read: repositoriesIn,
    }),
    askHosts(platform, active, {
      host: one => hostOf(one, 'database'),
      question: ones => archiveQuestion(ones.map(({id, ports}) => ({id, port: ports.database}))),
      read: (answer, ones) =>
        archivesIn(
          answer,
          ones.map(({id}) => id),
        ),
    }),
    lastGoodDrills(platform.ledger),
    backups(platform.ledger),
  ])
  const at = platform.clock.now()
  return meant.map(environment => {
    const {id} = environment
    const row = since.get(id)
    if (row === undefined) return {environment, seen: undefined, status: inactive(environment)}
    const seen: Seen = {
      name: fullName(environment),
      at,
      since: row.since,
      drilledAt: drilled.get(id)?.at,
      repository: repository(environment),
      archive: archive(environment),
    }
    return {environment, seen, status: statusOf(environment, seen)}
  })
}

interface Asking<T> {
  host(environment: Environment): string
  question(environments: readonly Environment[]): Question
  /** What the answer says, by environment. */
  read(answer: Answer | undefined, environments: readonly Environment[]): ReadonlyMap<string, T>
}

interface Heard<T> {
  readonly of: ReadonlyMap<string, T>
  /** Said of what it did not speak of. */
  readonly silent: string
}

/** One question to each host about all that is on it; gives what was answered about one environment. */
async function askHosts<T>(
  platform: Platform,
  environments: readonly Environment[],
  {host, question, read}: Asking<T>,
): Promise<(environment: Environment) => T | {silent: string}> {
  const heard = [...Map.groupBy(environments, host)].map(async ([name, ones]): Promise<[string, Heard<T>]> => {
    try {
      const [answer] = await (await platform.machine(name)).ask([question(ones)])
      return [name, {of: read(answer, ones), silent: `${name} said nothing of it`}]
    } catch (error) {
      if (!(error instanceof CodedError) || error.kind === 'bug') throw error
      return [name, {of: new Map(), silent: error.message}]
    }
  })
  const byHost = new Map(await Promise.all(heard))
  return environment => {
    const {of, silent = 'its host said nothing of it'} = byHost.get(host(environment)) ?? {}
    return of?.get(environment.id) ?? {silent}
  }
}

function inactive(environment: Environment): BackupStatus {
  const {phase} = environment
  return {
    environment: fullName(environment),
    phase,
    state: 'inactive',
    repositoryHost: undefined,
    lastFull: undefined,
    lastBackup: undefined,
    oldestRestorable: undefined,
    newestRestorable: undefined,
    lastArchived: undefined,
    freePercent: undefined,
    lastDrill: undefined,
    troubles: [],
  }
}

function statusOf(environment: Environment, seen: Seen): BackupStatus {
  const found = troubles(seen)
  const repository: Repository | undefined = 'silent' in seen.repository ? undefined : seen.repository
  const archive = 'silent' in seen.archive ? undefined : seen.archive
  const fulls = repository?.sets.filter(({type}) => type === 'full') ?? []
  const broken = found.some(({grade}) => grade === 'broken')
  return {
    environment: seen.name,
    phase: environment.phase,
    state: broken ? 'broken' : found.length > 0 ? 'late' : 'good',
    repositoryHost: repositoryOf(environment),
    lastFull: fulls.at(-1)?.endedAt,
    lastBackup: repository?.sets.at(-1)?.endedAt,
    oldestRestorable: fulls[0]?.endedAt,
    newestRestorable: archive?.newest,
    lastArchived: archive?.archivedAt,
    freePercent:
      repository && repository.totalBytes > 0
        ? Math.round((repository.freeBytes / repository.totalBytes) * 100)
        : undefined,
    lastDrill: seen.drilledAt,
    troubles: found,
  }
}
