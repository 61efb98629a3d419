import {Temporal} from 'temporal-polyfill'
import {Refusal} from '../error.ts'
import {executorById} from '../ledger/executor.ts'
import type {Queries} from '../ledger/ledger.ts'
import {conflicting, type LockRow, releaseLocks, serialiseTaking, takeLocks} from '../ledger/lock.ts'
import {type Attempt, type RunRow, runById, takeRun, unfinished} from '../ledger/run.ts'
import {isGone} from './executor.ts'
import type {Kernel} from './kernel.ts'

/** A run in this executor's hands, with the epoch of each of its locks. */
export interface Taken {
  /** As it stood when it was taken. */
  readonly row: RunRow
  readonly attempt: Attempt
  readonly epochs: ReadonlyMap<string, number>
  /** True when another executor had it before: hosts must hear of the new epochs first. */
  readonly again: boolean
}

/**
 * Takes a run and all its locks, or nothing. Whoever continues a run takes the locks of its dead executor.
 * Refusals `lock-held` (naming who) and `run-ended`.
 */
export async function take(kernel: Kernel, run: string): Promise<Taken> {
  return kernel.ledger.transaction(async tx => {
    await serialiseTaking(tx)
    const row = await runById(tx, run)
    await assertFree(kernel, tx, row)
    const [other] = await conflicting(tx, row.locks, row.id)
    if (other) throw held(other, kernel.clock.now())
    const {id, machine, pid} = kernel.executor
    const attempt = await takeRun(tx, row, id)
    if (!attempt) throw ended(row)
    await releaseLocks(tx, run)
    const epochs = await takeLocks(tx, row.locks, {
      run,
      operator: row.operator,
      reason: row.reason,
      executor: {id, machine, pid},
    })
    return {row, attempt, epochs, again: attempt.attempt > 1}
  })
}

/** True when nobody follows what this executor followed. */
export async function isDead(q: Queries, executor: string): Promise<boolean> {
  if (isGone(executor)) return true
  const row = await executorById(q, executor)
  return row === undefined || row.silent
}

async function assertFree(kernel: Kernel, tx: Queries, row: RunRow): Promise<void> {
  if (!unfinished.includes(row.state)) throw ended(row)
  if (row.executor === undefined || row.executor === kernel.executor.id) return
  if (await isDead(tx, row.executor)) return
  const follower = await executorById(tx, row.executor)
  const where = follower ? `process ${follower.pid} on ${follower.machine}` : 'another process'
  throw new Refusal('lock-held', `${row.title} (run ${row.id} of ${row.operator}) is being followed by ${where}.`, {
    runId: row.id,
    facts: {operator: row.operator, executor: row.executor},
    remedies: [`selfhelp run follow ${row.id}`],
  })
}

function held(lock: LockRow, now: Temporal.Instant): Refusal {
  const dead = isGone(lock.executor) || lock.stale
  const message = `${lock.name} is held by ${lock.owner} with run ${lock.run} (process ${lock.pid} on ${lock.machine}${dead ? ', which is gone' : ''}).`
  return new Refusal('lock-held', message, {
    facts: {
      lock: lock.name,
      run: lock.run,
      owner: lock.owner,
      machine: lock.machine,
      pid: lock.pid,
      reason: lock.reason,
      since: lock.takenAt.toString(),
      age: ageOf(lock.takenAt, now),
      heartbeat: lock.heartbeatAt.toString(),
      alive: !dead,
    },
    remedies: dead
      ? [`selfhelp run resume ${lock.run}`, `selfhelp run abandon ${lock.run}`]
      : [`selfhelp run follow ${lock.run}`, 'Type it again with --wait.'],
  })
}

/** Whole seconds; none where the ledger's clock is ahead of ours. */
function ageOf(since: Temporal.Instant, now: Temporal.Instant): string {
  const seconds = Math.max(0, Math.floor((now.epochMilliseconds - since.epochMilliseconds) / 1000))
  return Temporal.Duration.from({seconds}).round({largestUnit: 'days'}).toString()
}

function ended(row: RunRow): Refusal {
  return new Refusal('run-ended', `Run ${row.id} (${row.title}) is ${row.state}: there is nothing to continue.`, {
    runId: row.id,
    remedies: [`selfhelp run show ${row.id}`],
  })
}
