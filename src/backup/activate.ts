import {type Environment, fullName} from '../environment/model.ts'
import {asWanted, clusters, environmentLock, type Platform, superuser} from '../environment/steps.ts'
import {backupOf, deleteBackup, insertBackup} from '../ledger/backup.ts'
import type {Wanted} from '../machine/model.ts'
import type {At, Step} from '../runbook/model.ts'
import {type Fact, step} from '../runbook/step.ts'
import {measured, proven, scratchGone} from './drill.ts'
import {runJob} from './job.ts'
import {forgetPair, pairOf} from './pair.ts'
import {engineOf, pgbackrest} from './pgbackrest.ts'
import {at as place} from './place.ts'
import {scheduleDrills, unscheduleDrills} from './schedule.ts'
import {absent, databaseEnd, databaseSchedule, type Pair, repositoryEnd, repositorySchedule} from './wanted.ts'

/** On whose word backups begin. */
export interface Word {
  /** The contact's id. */
  readonly by: string
  readonly request: string
}

type Which = () => Promise<Environment>

/** Backups begin: the first full is taken and restored before anything else is true (R124, R228). */
export function backupActivation(platform: Platform, which: Which, word: Word): readonly Step[] {
  const undoneBy = (fact: Fact): Pick<Step, 'undo'> => ({undo: {kind: 'by', undo: at => fact.make(at)}})
  const ends = bothEnds(platform, which, {repository: repositoryEnd, database: databaseEnd})
  const endsGone = bothEnds(platform, which, {
    repository: pair => [...absent(repositoryEnd(pair))],
    database: pair => absent(databaseEnd(pair)),
  })
  const timers = bothEnds(platform, which, {repository: repositorySchedule, database: databaseSchedule})
  const timersGone = bothEnds(platform, which, {
    repository: pair => absent(repositorySchedule(pair)),
    database: pair => absent(databaseSchedule(pair)),
  })
  const archiving = clusters(platform, async () => [await which()])
  return [
    step('both-ends-of-the-backup-know-each-other', ends, undoneBy(endsGone)),
    step('repository-has-room-for-it', prepared(platform, which)),
    step('archive-is-on-record', recorded(platform, which, word), undoneBy(unrecorded(platform, which))),
    step('wal-goes-to-the-repository', archiving, undoneBy(unarchived(platform, which, archiving))),
    step('heartbeat-has-a-table', heartbeatTable(platform, which)),
    step('timers-take-backups', timers, undoneBy(timersGone)),
    step('first-full-backup-is-taken', firstFull(platform, which), {within: 'PT10M'}),
    step('source-is-measured', measured(platform, which)),
    step('first-backup-is-restorable', proven(platform, which), {within: 'PT10M'}),
    step('scratch-is-gone', scratchGone(platform, which)),
    step('drills-are-scheduled', scheduleDrills(platform, which), undoneBy(unscheduleDrills(platform, which))),
  ]
}

/** Backups end, with all that was kept: for a tenant that goes. */
export function backupsGone(platform: Platform, which: () => Promise<readonly Environment[]>): Fact {
  const holding = async () => (await which()).filter(({archived}) => archived)
  return {
    holds: async () => (await holding()).length === 0,
    make: async at => {
      for (const environment of await holding()) {
        const only: Which = async () => environment
        await unscheduleDrills(platform, only).make(at)
        await bothEnds(platform, only, {
          repository: pair => [...absent(repositorySchedule(pair)), ...absent(repositoryEnd(pair))],
          database: pair => [...absent(databaseSchedule(pair)), ...absent(databaseEnd(pair))],
        }).make(at)
        await forgetPair(platform, environment.id)
        await deleteBackup(platform.ledger, environment.id)
      }
    },
  }
}

type Ends = Readonly<Record<'repository' | 'database', (pair: Pair) => readonly Wanted[]>>

function bothEnds(platform: Platform, which: Which, ends: Ends): Fact {
  return asWanted(async () => {
    const pair = await pairOf(platform, await which())
    const lock = environmentLock(pair.environment.id)
    return Promise.all(
      (['repository', 'database'] as const).map(async end => ({
        machine: await platform.machine(pair[end].host),
        wanted: ends[end](pair),
        lock,
      })),
    )
  })
}

/** Asked of the repository itself: its own record of the cluster lies there. */
function prepared(platform: Platform, which: Which): Fact {
  return {
    holds: async () => {
      const {id} = await which()
      const machine = await platform.machine((await pairOf(platform, await which())).repository.host)
      const [answer] = await machine.ask([
        {ask: 'run', args: ['test', '-s', `${place.repository(id)}/archive/${id}/archive.info`]},
      ])
      return answer?.exit === 0
    },
    make: async at => engineOf(platform, await which()).prepare(at),
  }
}

function recorded({ledger, clock}: Platform, which: Which, {by, request}: Word): Fact {
  return {
    holds: async () => (await backupOf(ledger, (await which()).id)) !== undefined,
    make: async () => {
      const row = {environment: (await which()).id, askedBy: by, request, since: clock.now()}
      await insertBackup(ledger, row)
    },
  }
}

function unrecorded({ledger}: Platform, which: Which): Pick<Fact, 'make'> & Fact {
  return {
    holds: async () => (await backupOf(ledger, (await which()).id)) === undefined,
    make: async () => deleteBackup(ledger, (await which()).id),
  }
}

/** The record is taken back first, because the settings follow from it; then it is there no more for its own undo. */
function unarchived(platform: Platform, which: Which, archiving: Fact): Fact {
  const back = unrecorded(platform, which)
  return {
    holds: async at => (await back.holds(at)) && (await archiving.holds(at)),
    make: async at => {
      await back.make(at)
      await archiving.make(at)
    },
  }
}

function heartbeatTable(platform: Platform, which: Which): Fact {
  const command = async (sql: string) => {
    const {ports} = await which()
    return ['postgres', ...superuser({port: ports.database}, 'postgres'), '-c', sql]
  }
  const machine = async () => platform.machine((await pairOf(platform, await which())).database.host)
  return {
    holds: async () => {
      const [answer] = await (await machine()).ask([{ask: 'run_as', args: await command(heartbeatThere)}])
      return answer?.out.trim() === 't'
    },
    make: async at => {
      const action = {act: 'run_as', args: await command(heartbeatSql)}
      const fence = at.fence(environmentLock((await which()).id))
      await (await machine()).act(`${at.run}-heartbeat-${crypto.randomUUID()}`, [action], fence)
    },
  }
}

const heartbeatThere =
  "select to_regclass('backup.heartbeat') is not null and (select count(*) from backup.heartbeat) > 0"

/** In the database `postgres` of the same cluster: a customer's own database holds nothing of ours. */
const heartbeatSql = `create schema if not exists backup;
create table if not exists backup.heartbeat (at timestamptz primary key, lsn pg_lsn not null);
insert into backup.heartbeat (at, lsn) values (clock_timestamp(), pg_current_wal_insert_lsn())`

function firstFull(platform: Platform, which: Which): Fact {
  return {
    holds: async () => (await engineOf(platform, await which()).list()).sets.some(({type}) => type === 'full'),
    make: async at => {
      const environment = await which()
      await walArrives(platform, environment, at)
      const set = await engineOf(platform, environment).take('full', at)
      at.tell(`${fullName(environment)}: ${set.label}`)
    },
  }
}

/** The engine switches WAL and waits until it has arrived: what is wrong is said now, not after a long backup. */
async function walArrives(platform: Platform, environment: Environment, at: At): Promise<void> {
  const {database} = await pairOf(platform, environment)
  const machine = await platform.machine(database.host)
  const fence = at.fence(environmentLock(environment.id))
  const argv = pgbackrest(environment.id, ['--archive-timeout=30', 'check'])
  const end = await runJob(machine, {name: `${at.run} check`, user: 'postgres', argv, fence, signal: at.signal})
  if (end.exit === 0) return
  const {engineTrouble} = await import('./trouble.ts')
  const about = {environment: fullName(environment), host: machine.host, doing: 'the way of WAL to the repository'}
  throw engineTrouble({...about, exit: end.exit, said: `${end.out}\n${end.err}`.trim()})
}
