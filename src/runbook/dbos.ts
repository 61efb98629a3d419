import type {DBOS, DBOSConfig, WorkflowStatus} from '@dbos-inc/dbos-sdk'
import type {Pool} from 'pg'
import type {Temporal} from 'temporal-polyfill'
import type {Ledger} from '../ledger/ledger.ts'
import {isAway, unreachable} from '../ledger/trouble.ts'
import {patientPool} from './dbos-pool.ts'
import type {Following} from './follow.ts'
import type {End} from './model.ts'

type Once = Following['once']
type Body = (once: Once) => Promise<unknown>

/** DBOS in this process: each attempt at a run is one workflow, `<run>/<attempt>`, and each part of it one checkpoint. */
export interface Durable {
  /** Runs the body as the workflow of this attempt, here and now. An attempt that is known is never run twice. */
  here(attempt: {run: string; attempt: number}, body: (once: Once) => Promise<End>): Promise<End>
  /**
   * Leaves an attempt to the workers; one at a time for each partition. Says what is known of that attempt: the id of
   * the executor that has it, or that it has ended without the run.
   */
  enqueue(attempt: {run: string; attempt: number}, partition: string): Promise<'queued' | 'ended' | {executor: string}>
  /** Clears away what dead executors left in the queue: it would hold its partition for ever. */
  bury(isDead: (executor: string) => Promise<boolean>): Promise<void>
  /** Takes away what DBOS knows of attempts that ended before; our own records stay. At most a thousand at once. */
  forget(before: Temporal.Instant): Promise<void>
  close(): Promise<void>
}

export interface Launch {
  readonly ledger: Ledger
  readonly executor: string
  /** A worker gives what it does with a queued attempt; a command listens to no queue. */
  readonly work?: (run: string, once: Once) => Promise<End | undefined>
  /** How many at once. */
  readonly concurrency?: number
}

const queue = 'runs'
// The version is constant: an upgrade must not strand what an older one began. Our own records tell which steps passed.
const applicationVersion = '1'

/** Launches DBOS on the ledger, in its own schema `dbos`. Once per process: DBOS keeps its state in the module. */
export async function launchDbos(launch: Launch): Promise<Durable> {
  // Its use of `pg` is deprecated there, which is no matter of whoever types a command.
  process.noDeprecation = true
  const {DBOS} = (await import('@dbos-inc/dbos-sdk')).default
  const bodies = new Map<string, Body>()
  const once: Once = (name, part) => DBOS.runStep(part, {name}).catch(awayAsOurs)
  const workflow = DBOS.registerWorkflow(
    async (run: string, attempt: number) => {
      const body = bodies.get(`${run}/${attempt}`) ?? ((each: Once) => launch.work?.(run, each))
      return {end: ((await body(once)) ?? null) as End | null}
    },
    {name: 'follow-run', maxRecoveryAttempts: 1000},
  )
  const pool = await patientPool(launch.ledger)
  DBOS.setConfig(configOf(launch, pool))
  await DBOS.launch()
  const {concurrency = 4} = launch
  if (launch.work)
    await DBOS.registerQueue(queue, {
      partitionConcurrency: 1,
      workerConcurrency: concurrency,
      onConflict: 'always_update',
    })
  return {
    here: async ({run, attempt}, body) => {
      const workflowID = `${run}/${attempt}`
      const kept = keeping(body)
      bodies.set(workflowID, kept.body)
      const handle = await DBOS.startWorkflow(workflow, {workflowID})(run, attempt)
      const {end} = await handle.getResult().catch(kept.rethrow)
      return end as End
    },
    enqueue: async ({run, attempt}, partition) => {
      const workflowID = `${run}/${attempt}`
      const known = await DBOS.getWorkflowStatus(workflowID)
      if (known) return known.status === 'ENQUEUED' ? 'queued' : inHands(known)
      const enqueueOptions = {queuePartitionKey: partition}
      await DBOS.startWorkflow(workflow, {workflowID, queueName: queue, enqueueOptions})(run, attempt)
      return 'queued'
    },
    bury: isDead => bury(DBOS, isDead),
    forget: before => forget(DBOS, before),
    close: async () => {
      await DBOS.shutdown({deregister: true, workflowCompletionTimeoutMS: launch.work ? 5000 : 0})
      if (!pool.ended) await pool.end()
    },
  }
}

async function bury(dbos: typeof DBOS, isDead: (executor: string) => Promise<boolean>): Promise<void> {
  const begun = await dbos.listWorkflows({queueName: queue, status: 'PENDING', loadInput: false, loadOutput: false})
  for (const {workflowID, executorId} of begun)
    if (executorId && (await isDead(executorId))) await dbos.cancelWorkflow(workflowID)
}

async function forget(dbos: typeof DBOS, before: Temporal.Instant): Promise<void> {
  const ended = ['SUCCESS', 'ERROR', 'CANCELLED'] as const
  const lean = {loadInput: false, loadOutput: false, limit: 1000}
  const old = await dbos.listWorkflows({status: [...ended], completedBefore: before.toString(), ...lean})
  if (old.length > 0) await dbos.deleteWorkflows(old.map(({workflowID}) => workflowID))
}

function configOf({ledger, executor, work}: Launch, systemDatabasePool: Pool): DBOSConfig {
  return {
    name: 'selfhelp',
    systemDatabaseUrl: ledger.url.expose(),
    systemDatabasePool,
    executorID: executor,
    applicationVersion,
    enablePatching: true,
    listenQueues: work ? [queue] : [],
    logger: silent,
  }
}

function awayAsOurs(thrown: unknown): never {
  throw isAway(thrown) ? unreachable(thrown) : thrown
}

function inHands({status, executorId}: WorkflowStatus): 'ended' | {executor: string} {
  return status === 'PENDING' && executorId ? {executor: executorId} : 'ended'
}

/** DBOS writes an error down and gives back a copy; ours has a class and an exit code, so the original is kept. */
function keeping(body: (once: Once) => Promise<End>) {
  let thrown: unknown
  return {
    body: (once: Once) =>
      body(once).catch((error: unknown) => {
        thrown = error
        throw error
      }),
    rethrow: (copy: unknown): never => {
      throw thrown ?? copy
    },
  }
}

const silent = {info: () => {}, debug: () => {}, warn: () => {}, error: () => {}}
