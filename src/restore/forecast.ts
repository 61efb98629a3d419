import type {BackupSet, DrillDetail} from '../backup/model.ts'
import {type Environment, fullName, hostOf} from '../environment/model.ts'
import type {Platform} from '../environment/steps.ts'
import {Refusal} from '../error.ts'
import {drills} from '../ledger/backup.ts'
import type {RestoreRow} from '../ledger/restore.ts'
import {type Known, knownOf, refuseOutOfReach} from './known.ts'
import {lostRows} from './lost.ts'
import {lineAt, type RestorePlan, rangeAround, setFor} from './model.ts'
import {restoreSteps} from './step-names.ts'

export interface Forecast {
  /** Whose backups it is made from. */
  readonly environment: Environment
  /** Where it is put, when that is another environment. */
  readonly into?: Environment | undefined
  readonly target: RestoreRow['target']
}

/** What going to one moment would do and cost. Throws `restore-out-of-reach`, `restore-no-room`, `backup-inactive`. */
export async function planFor(platform: Platform, {environment, into, target}: Forecast): Promise<RestorePlan> {
  const beside = into ?? environment
  const name = fullName(environment)
  const known = await knownOf(platform, name)
  refuseOutOfReach(name, known, target)
  const set = setFor(known.repository.sets, {target, lines: known.lines})
  if (set === undefined) throw noSet(name, target)
  const [free, rows, measured] = await Promise.all([
    freeOn(platform, beside),
    lostRows(platform, beside, into ? undefined : target),
    drills(platform.ledger, {environment: environment.id, limit: 5}),
  ])
  const needed = Math.ceil(set.size.database * 1.2)
  if (free < needed) throw noRoom(beside, {needed, free})
  const now = platform.clock.now().epochMilliseconds
  return {
    set: set.label,
    builtOn: set.references,
    timeline: lineAt(known.lines, target),
    wal: {first: set.wal.first, last: known.repository.newestWal?.segment ?? set.wal.last, continuous: true},
    lastReachable: known.reach.to,
    space: {needed, free},
    ...estimate(known, set, {measured: measured.map(({detail}) => detail as DrillDetail), copied: into !== undefined}),
    lost: {minutes: into ? 0 : Math.round((now - target.epochMilliseconds) / 60_000), rows},
    steps: restoreSteps,
  }
}

/** From the median of what test restores took, for the bytes of now; closing takes an incremental, starting, and a full. */
function estimate({repository}: Known, set: BackupSet, {measured, copied}: Measured) {
  const good = measured.filter(one => one.differences.length === 0)
  if (good.length === 0) return {seconds: undefined, closedSeconds: undefined}
  const median = (values: readonly number[]) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0
  const factor = set.size.database / Math.max(1, median(good.map(({bytes}) => bytes)))
  const laying = median(good.map(({seconds}) => seconds.restore)) * factor
  const replay = median(good.map(({seconds}) => seconds.replay))
  const took = (type: BackupSet['type']) => {
    const last = repository.sets.findLast(one => one.type === type)
    return last ? (last.endedAt.epochMilliseconds - last.startedAt.epochMilliseconds) / 1000 : 0
  }
  // A copy has no way back to make, and is opened before it is put there.
  const closed = overhead + (copied ? 0 : (took('incremental') || took('full')) + replay + took('full'))
  return {closedSeconds: rangeAround(closed), seconds: rangeAround(closed + laying + replay)}
}

interface Measured {
  readonly measured: readonly DrillDetail[]
  readonly copied: boolean
}

/** Seconds that pages, stopping and starting take, whatever the size. */
const overhead = 12

async function freeOn(platform: Platform, environment: Environment): Promise<number> {
  const machine = await platform.machine(hostOf(environment, 'database'))
  const [answer] = await machine.ask([{ask: 'run', args: ['df', '-PB1', '/var/lib/postgresql']}])
  return Number(answer?.out.trim().split('\n').at(-1)?.split(/\s+/)[3] ?? 0)
}

function noSet(name: string, target: RestoreRow['target']): Refusal {
  return new Refusal(
    'restore-out-of-reach',
    `No backup of ${name} ended before ${target} on the line of history of then.`,
    {
      facts: {environment: name, target: target.toString()},
      remedies: [`selfhelp backup list ${name}`],
    },
  )
}

function noRoom(environment: Environment, {needed, free}: {needed: number; free: number}): Refusal {
  const host = hostOf(environment, 'database')
  const message = `${host} has no room for a restore of ${fullName(environment)} beside what is there.`
  return new Refusal('restore-no-room', message, {
    facts: {host, needed, free},
    remedies: [`Free ${Math.ceil((needed - free) / 1e6)} MB on ${host}.`],
  })
}
