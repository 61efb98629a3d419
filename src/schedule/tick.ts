import type {Temporal} from 'temporal-polyfill'
import {exits, Refusal} from '../error.ts'
import {type RunRow, requeueRun} from '../ledger/run.ts'
import {type DueRow, dueSchedules, type FiringRow, putDue, type SettledRow, settle} from '../ledger/schedule.ts'
import type {Kernel} from '../runbook/kernel.ts'
import {type RunAsked, requestRun, type SignedRequest} from '../runbook/request.ts'
import {type Due, dueNow} from './due.ts'
import {nextInstant} from './instants.ts'

export interface Scheduling {
  readonly kernel: Kernel
  /** Signs as the machine operator of this process. */
  sign(request: {
    command: string
    input: Record<string, unknown>
    reason: string
    run: RunAsked
  }): Promise<SignedRequest>
  tell(text: string): void
}

/** Enqueues what is due now and writes down what was missed. Any number of schedulers: an instant is fired once. */
export async function tick(scheduling: Scheduling): Promise<FiringRow[]> {
  const {kernel, tell} = scheduling
  const firings: FiringRow[] = []
  const dues: DueRow[] = []
  const now = kernel.clock.now()
  for (const job of await dueSchedules(kernel.ledger, now)) {
    try {
      const open = dueNow(job, now)
      firings.push(...(await tickJob(scheduling, job, open)))
      const last = open.fire.at(-1) ?? open.missed.at(-1) ?? job.settled ?? job.since
      dues.push({job, at: nextInstant(job, last)})
    } catch (thrown) {
      // One job's trouble is not the others'; its instant is tried again until it counts as missed.
      tell(`${job.name}: ${thrown instanceof Error ? thrown.message : thrown}`)
    }
  }
  if (dues.length > 0) await putDue(kernel.ledger, dues)
  return firings
}

/** The name of the run of one instant: the same in every scheduler. */
export function runIdOf(name: string, instant: Temporal.Instant): string {
  return `sched/${name}/${instant.toString()}`
}

async function tickJob(scheduling: Scheduling, job: SettledRow, {fire, missed}: Due): Promise<FiringRow[]> {
  const {ledger} = scheduling.kernel
  const settled: FiringRow[] = []
  for (const instant of missed) {
    const firing: FiringRow = {schedule: job.name, instant, state: 'missed', run: undefined}
    if (await settle(ledger, firing)) settled.push(firing)
  }
  for (const instant of fire) {
    const run = await fireJob(scheduling, job, instant)
    const firing: FiringRow = {schedule: job.name, instant, state: 'fired', run}
    if (await settle(ledger, firing)) settled.push(firing)
  }
  for (const {state, instant, run} of settled)
    scheduling.tell(`${job.name} ${instant}: ${state}${run ? ` as ${run}` : ''}`)
  return settled
}

async function fireJob({kernel, sign}: Scheduling, job: SettledRow, instant: Temporal.Instant): Promise<string> {
  const {name, input} = job
  const asked = {
    command: 'scheduler',
    input: {schedule: name, instant: instant.toString()},
    reason: `scheduled: ${job.recurrence} ${job.zone}`,
  }
  const by = (run: RunAsked) => sign({...asked, run})
  const runbook = await kernel.runbooks(job.runbook)
  // Rows of the ledger are not signed: what a person decides is begun by no row.
  if (!runbook.bySchedule)
    throw new Refusal(
      'signature-invalid',
      `The schedule names ${runbook.id}, which only a person may begin; nothing was begun.`,
      {
        facts: {schedule: name, runbook: runbook.id},
        remedies: ['selfhelp schedule list', 'selfhelp journal verify'],
      },
    )
  const run = await requestRun(kernel, {runbook, input, by, detach: true, id: runIdOf(name, instant)})
  if (run.id !== runIdOf(name, instant) && isFromOutside(run)) await requeueRun(kernel.ledger, run.id)
  return run.id
}

/** What a fault or a person stopped waits for a person; `run-stopped` says that nobody knows how far it came. */
function isFromOutside({state, stopped}: RunRow): boolean {
  if (state !== 'stopped' || stopped?.exit !== exits.failed) return false
  return stopped.trouble.kind === 'failure' && stopped.trouble.code !== 'run-stopped'
}
