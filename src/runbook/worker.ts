import {CodedError} from '../error.ts'
import {releaseLocks} from '../ledger/lock.ts'
import {type RunRow, requeueRun, runById, skipAttempt, supersedeRun, waitingRuns} from '../ledger/run.ts'
import {type Durable, launchDbos} from './dbos.ts'
import {execute} from './execute.ts'
import type {Following} from './follow.ts'
import {heartbeat} from './heartbeat.ts'
import type {Kernel} from './kernel.ts'
import type {End, RunEvent} from './model.ts'
import {isDead} from './take.ts'
import {isSuperseded, troubleOf} from './trouble.ts'

export interface Working {
  readonly interruption: Following['interruption']
  /** Runs at once in this process. */
  readonly concurrency: number
  tell(event: RunEvent): void
}

const sweepEveryMilliseconds = 1000
/** Sweeps: about an hour. */
const forgetEvery = 3600
const keptFor = {hours: 24 * 30}
const lockWithinMilliseconds = 60_000

/**
 * Executes queued runs, and those whose executor is dead, until it is interrupted: then each run stops after its step
 * and is left to the next worker. The ledger being away for a while ends nothing.
 */
export async function work(kernel: Kernel, working: Working): Promise<void> {
  await using _ = await heartbeat(kernel)
  const underway = new Set<Promise<unknown>>()
  const durable = await launchDbos({
    ledger: kernel.ledger,
    executor: kernel.executor.id,
    concurrency: working.concurrency,
    work: (run, once) => {
      const following = followHere(kernel, run, {...working, once})
      underway.add(following)
      return following.finally(() => underway.delete(following))
    },
  })
  const {soon} = working.interruption
  for (let swept = 0; !soon.aborted; swept++) {
    if (swept % forgetEvery === 0) await durable.forget(kernel.clock.now().subtract(keptFor)).catch(ignoreAbsence)
    await sweep(kernel, durable).catch(ignoreAbsence)
    await kernel.clock.sleep(sweepEveryMilliseconds, soon).catch(() => {})
  }
  await Promise.allSettled(underway)
  await durable.close()
}

/** Gives every run that waits to the queue; an attempt that came to nothing is followed by the next one. */
async function sweep(kernel: Kernel, durable: Durable): Promise<void> {
  const {ledger, executor} = kernel
  await durable.bury(async id => id !== executor.id && isDead(ledger, id))
  for (const row of await waitingRuns(ledger, executor.id)) {
    if (row.executor !== undefined && !(await isDead(ledger, row.executor))) continue
    const next = {run: row.id, attempt: row.attempt + 1}
    const known = await durable.enqueue(next, partitionOf(row))
    if (known === 'queued') continue
    if (known === 'ended' || (await isDead(ledger, known.executor))) await skipAttempt(ledger, next)
  }
}

/** Runs that share their first lock wait for each other in the queue instead of in a worker; the locks decide. */
function partitionOf({locks, id}: RunRow): string {
  return locks[0] ?? id
}

async function followHere(
  kernel: Kernel,
  run: string,
  how: Working & Pick<Following, 'once'>,
): Promise<End | undefined> {
  const {interruption, tell, once} = how
  try {
    const end = await lockPatiently(kernel, how, () =>
      execute(kernel, run, {interruption, tell, durably: (_, body) => body(once)}),
    )
    if (end?.state === 'stopped' && end.stopped.exit === 130) await requeueRun(kernel.ledger, run)
    return end
  } catch (thrown) {
    if (isSuperseded(thrown) || (thrown instanceof CodedError && thrown.code === 'run-ended')) return undefined
    // Without this it would be tried again and again.
    const {stopped: before} = await runById(kernel.ledger, run)
    const stopped = {exit: 1, way: before?.way ?? 'forward', trouble: troubleOf(thrown)} as const
    await kernel.ledger.transaction(async tx => {
      await supersedeRun(tx, run, stopped)
      await releaseLocks(tx, run)
    })
    return undefined
  }
}

async function lockPatiently(
  kernel: Kernel,
  {interruption}: Working,
  attempt: () => Promise<End>,
): Promise<End | undefined> {
  const deadline = kernel.clock.now().add({milliseconds: lockWithinMilliseconds})
  for (;;) {
    try {
      return await attempt()
    } catch (thrown) {
      if (!(thrown instanceof CodedError && thrown.code === 'lock-held')) throw thrown
      const late = kernel.clock.now().epochMilliseconds > deadline.epochMilliseconds
      if (late || interruption.soon.aborted) return undefined
      await kernel.clock.sleep(sweepEveryMilliseconds)
    }
  }
}

function ignoreAbsence(thrown: unknown): void {
  if (!(thrown instanceof CodedError && thrown.code === 'ledger-unreachable')) throw thrown
}
