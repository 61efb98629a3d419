import type {BackupSet, DrillDetail} from '../backup/model.ts'
import {type Environment, fullName, hostOf} from '../environment/model.ts'
import type {Platform} from '../environment/steps.ts'
import {Refusal} from '../error.ts'
import {drills} from '../ledger/backup.ts'
import {changeRestore, type RestoreRow} from '../ledger/restore.ts'
import {type Known, knownOf, refuseOutOfReach, restoreIn} from './known.ts'
import {lostRows} from './lost.ts'
import {lineAt, type RestorePlan, rangeAround, setFor} from './model.ts'
import {restoreSteps} from './step-names.ts'

/** Says exactly what a restore would do and cost; touches nothing. Throws `restore-out-of-reach`, `restore-state`, `restore-no-room`. */
export async function planRestore(platform: Platform, id: string): Promise<{row: RestoreRow; plan: RestorePlan}> {
  const {row, environment} = await restoreIn(platform.ledger, id, ['requested', 'planned', 'agreed'])
  const plan = await planFor(platform, environment, row.target)
  const from = ['requested', 'planned', 'agreed'] as const
  await changeRestore(platform.ledger, {id, from: ['requested']}, {state: 'planned'})
  await changeRestore(platform.ledger, {id, from}, {plan})
  return {row: (await restoreIn(platform.ledger, id)).row, plan}
}

/** The plan for one moment. */
export async function planFor(
  platform: Platform,
  environment: Environment,
  target: RestoreRow['target'],
): Promise<RestorePlan> {
  const name = fullName(environment)
  const known = await knownOf(platform, name)
  refuseOutOfReach(name, known, target)
  const set = setFor(known.repository.sets, {target, lines: known.lines})
  if (set === undefined) throw noSet(name, target)
  const [free, rows, measured] = await Promise.all([
    freeOn(platform, environment),
    lostRows(platform, environment, target),
    drills(platform.ledger, {environment: environment.id, limit: 5}),
  ])
  const needed = Math.ceil(set.size.database * 1.2)
  if (free < needed) throw noRoom(environment, {needed, free})
  const now = platform.clock.now().epochMilliseconds
  return {
    set: set.label,
    builtOn: set.references,
    timeline: lineAt(known.lines, target),
    wal: {first: set.wal.first, last: known.repository.newestWal?.segment ?? set.wal.last, continuous: true},
    lastReachable: known.reach.to,
    space: {needed, free},
    ...estimate(
      known,
      set,
      measured.map(({detail}) => detail as DrillDetail),
    ),
    lost: {minutes: Math.round((now - target.epochMilliseconds) / 60_000), rows},
    steps: restoreSteps,
  }
}

/** From the median of what test restores took, for the bytes of now; closing takes an incremental, starting, and a full. */
function estimate({repository}: Known, set: BackupSet, measured: readonly DrillDetail[]) {
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
  const closed = (took('incremental') || took('full')) + replay + took('full') + overhead
  return {closedSeconds: rangeAround(closed), seconds: rangeAround(closed + laying + replay)}
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
