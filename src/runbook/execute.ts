import {Bug, Refusal} from '../error.ts'
import type {Queries} from '../ledger/ledger.ts'
import {hostsOfLock, releaseLocks} from '../ledger/lock.ts'
import {type Attempt, type RunRow, recordState, recordStep, runById, stepsOfRun} from '../ledger/run.ts'
import type {Fence} from '../machine/model.ts'
import {assertAsked} from './asked.ts'
import {type Following, follow, pointOfNoReturn} from './follow.ts'
import type {Kernel, RunEntry} from './kernel.ts'
import {changeOf, type End, type Records, type Runbook, type RunEvent, type Step, type Stopped} from './model.ts'
import {type Patience, patiently} from './patience.ts'
import {type Taken, take} from './take.ts'
import {troubleOf} from './trouble.ts'

/** How a run is followed here and now. */
export interface How {
  /** Undo it instead of finishing it. */
  readonly abandon?: boolean
  readonly interruption: Following['interruption']
  tell(event: RunEvent): void
  /** Makes parts durable; see `dbos.ts`. */
  durably(attempt: Attempt, body: (once: Following['once']) => Promise<End>): Promise<End>
}

/**
 * Takes a run with its locks, follows it to its end and gives the locks back. Refusals `lock-held`, `run-ended`,
 * `run-past-return`, `epoch-superseded`, `signature-invalid`; whatever `mayStart` refuses at its start.
 */
export async function execute(kernel: Kernel, id: string, how: How): Promise<End> {
  const {runbook, steps, unasked} = await known(kernel, id)
  if (how.abandon) await assertBeforeReturn(kernel, id, steps)
  const taken = await take(kernel, id)
  const {row} = taken
  const way = how.abandon ? 'abandoned' : (row.stopped?.way ?? 'forward')
  const fences = fencesOf(id, taken)
  if (taken.again) await announce(kernel, [...fences.values()])
  const records = recordsOf(kernel, row, {attempt: taken.attempt, signal: how.interruption.now})
  if (row.startedAt === undefined && way === 'forward') {
    const refused = unasked ?? (await refusalOf(mayStart(kernel, runbook, row)))
    if (refused) return refusedAtStart(records, refused)
  }
  return how.durably(taken.attempt, once =>
    follow({
      run: id,
      steps,
      way,
      ...(row.stopped && !how.abandon ? {why: row.stopped} : {}),
      records,
      at: {operator: row.operator, reason: row.reason, fence: lock => fenceOf(fences, lock)},
      clock: kernel.clock,
      random: kernel.random,
      interruption: how.interruption,
      once,
      tell: how.tell,
    }),
  )
}

/** The calendar may have changed its mind since the run was asked for. */
function mayStart(kernel: Kernel, runbook: Runbook, {input}: RunRow): Promise<void> {
  return kernel.mayStart(changeOf(runbook, input), runbook.environments(input), kernel.clock.now())
}

async function refusalOf(asking: Promise<void>): Promise<Refusal | undefined> {
  try {
    await asking
    return undefined
  } catch (thrown) {
    if (thrown instanceof Refusal) return thrown
    throw thrown
  }
}

async function refusedAtStart(records: Records, refused: Refusal): Promise<End> {
  const stopped: Stopped = {exit: 3, way: 'undone', trouble: troubleOf(refused)}
  await records.state('undone', stopped)
  return {state: 'undone', stopped}
}

/** Tells every host a lock reaches of its epoch; gives those that did not answer, which hear of it with the next change. */
export async function announce(kernel: Kernel, fences: readonly Fence[]): Promise<string[]> {
  const unheard = new Set<string>()
  for (const fence of fences) {
    const hosts = await hostsOfLock(kernel.ledger, fence.lock)
    await Promise.all(hosts.map(host => kernel.announce(host, fence).catch(() => unheard.add(host))))
  }
  return [...unheard]
}

function fencesOf(run: string, {epochs}: Taken): Map<string, Fence> {
  return new Map([...epochs].map(([lock, epoch]) => [lock, {lock, run, epoch}]))
}

function fenceOf(fences: ReadonlyMap<string, Fence>, lock: string): Fence {
  const fence = fences.get(lock)
  if (!fence) throw new Bug(`the run does not hold ${lock}`, {facts: {held: [...fences.keys()]}})
  return fence
}

/** What the run does; nothing when its operator did not sign it, and why. One that was begun is refused at once. */
async function known(kernel: Kernel, id: string) {
  const row = await runById(kernel.ledger, id)
  const runbook = await kernel.runbooks(row.runbook)
  const unasked = await refusalOf(assertAsked(kernel, row))
  if (unasked && (row.startedAt !== undefined || row.stopped)) throw unasked
  return {runbook, steps: unasked ? [] : runbook.steps(row.input), unasked}
}

async function assertBeforeReturn({ledger}: Kernel, run: string, steps: readonly Step[]): Promise<void> {
  const never = pointOfNoReturn(steps, await stepsOfRun(ledger, run))
  if (never?.undo?.kind !== 'never') return
  const {because, document} = never.undo
  throw new Refusal('run-past-return', `Run ${run} is past its point of no return (${never.name}): ${because}.`, {
    runId: run,
    remedies: [`selfhelp run resume ${run}`, `Read ${document}.`],
  })
}

interface Writing {
  readonly attempt: Attempt
  readonly signal: AbortSignal
}

/** The ledger may be away for a while: what must be written is written when it is back. */
const ledgerWithin = 'PT2M'

function recordsOf(kernel: Kernel, row: RunRow, {attempt, signal}: Writing): Records {
  const never = new AbortController().signal
  const patience: Patience = {clock: kernel.clock, random: kernel.random, signal: never}
  const write = (work: (tx: Queries) => Promise<void>): Promise<void> =>
    patiently(signal.aborted ? patience : {...patience, signal}, {within: ledgerWithin}, () =>
      kernel.ledger.transaction(work),
    )
  const about = {
    tenant: row.tenant,
    subject: row.subject,
    run: row.id,
    operator: row.operator,
    reason: row.reason,
  }
  const journal = (tx: Queries, entry: Pick<RunEntry, 'kind' | 'result' | 'body'> & {step?: string}) =>
    kernel.journal(tx, {...about, ...entry})
  return {
    steps: () => stepsOfRun(kernel.ledger, row.id),
    step: record =>
      write(async tx => {
        await recordStep(tx, attempt, record)
        if (record.state === 'making') return
        const {position, trouble, until} = record
        await journal(tx, {kind: 'step', step: record.name, result: record.state, body: {position, trouble, until}})
      }),
    state: (state, stopped) =>
      write(async tx => {
        await recordState(tx, attempt, {state, stopped})
        if (state !== 'running' && state !== 'undoing') await releaseLocks(tx, row.id)
        await journal(tx, {kind: 'run', result: state, body: stopped ? {stopped} : {}})
      }),
  }
}
