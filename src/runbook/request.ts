import {createHash, randomBytes} from 'node:crypto'
import {Refusal} from '../error.ts'
import {canonical} from '../ledger/canonical.ts'
import {insertRun, type RunRow, runById, unfinishedRun} from '../ledger/run.ts'
import type {Kernel} from './kernel.ts'
import {changeOf, type Runbook} from './model.ts'

/** What an operator typed and signed. */
export interface SignedRequest {
  readonly operator: string
  readonly reason: string | undefined
  readonly ticket?: string | undefined
  /** Canonical: what the signature covers. */
  readonly request: unknown
  readonly signature: string
}

/** The run a request becomes; its operator signs this too, so that nobody can put the signature under another run. */
export interface RunAsked {
  readonly id: string
  readonly runbook: string
  /** SHA-256 of the canonical JSON. */
  readonly inputHash: string
}

export interface Requested<I> {
  readonly runbook: Runbook<I>
  readonly input: I
  /** Signs what was typed together with the run it becomes. */
  readonly by: (run: RunAsked) => Promise<SignedRequest>
  readonly planHash?: string | undefined
  /** Left to a worker. */
  readonly detach?: boolean
  /** A name of its own, for what must happen once (`sched/<name>/<instant>`). */
  readonly id?: string | undefined
}

/**
 * The run for this request: a new one, or the unfinished one of the same runbook and subject when the input is equal.
 * Refusal `run-unfinished` when its input is another; whatever `mayStart` refuses.
 */
export async function requestRun<I>(kernel: Kernel, requested: Requested<I>): Promise<RunRow> {
  const {runbook, input} = requested
  const inputHash = hashOf(input)
  for (;;) {
    const before = await unfinishedRun(kernel.ledger, runbook.id, runbook.subject(input))
    if (before) return sameInput(before, inputHash)
    await kernel.mayStart(changeOf(runbook, input), runbook.environments(input), kernel.clock.now())
    const id = requested.id ?? newRunId()
    const by = await requested.by({id, runbook: runbook.id, inputHash})
    if (await enqueue(kernel, {...requested, by}, {id, inputHash})) return runById(kernel.ledger, id)
    // Somebody else was quicker, with the same subject or the same name: go on with theirs.
    if (requested.id) return runById(kernel.ledger, requested.id)
  }
}

/** SHA-256 of the canonical JSON: the same input typed again has the same, whatever the order of its names. */
export function hashOf(input: unknown): string {
  return createHash('sha256').update(canonical(input)).digest('hex')
}

async function enqueue<I>(
  kernel: Kernel,
  {runbook, input, by, planHash, detach}: Omit<Requested<I>, 'by'> & {by: SignedRequest},
  run: {id: string; inputHash: string},
): Promise<boolean> {
  const about = {
    subject: runbook.subject(input),
    tenant: runbook.tenant(input),
    operator: by.operator,
    reason: by.reason,
  }
  return kernel.ledger.transaction(async tx => {
    const inserted = await insertRun(tx, {
      ...about,
      ...run,
      runbook: runbook.id,
      title: runbook.title(input),
      change: changeOf(runbook, input),
      input,
      environments: runbook.environments(input),
      locks: [...runbook.locks(input)].sort(),
      request: by.request,
      signature: by.signature,
      planHash,
      executor: detach ? undefined : kernel.executor.id,
    })
    if (!inserted) return false
    const body = {runbook: runbook.id, title: runbook.title(input), input, request: by.request}
    await kernel.journal(tx, {
      ...about,
      kind: 'run',
      run: run.id,
      result: 'queued',
      body,
      signature: by.signature,
      ticket: by.ticket,
      ...(planHash ? {planHash} : {}),
    })
    return true
  })
}

function sameInput(run: RunRow, inputHash: string): RunRow {
  if (run.inputHash === inputHash) return run
  throw new Refusal('run-unfinished', `${run.title} was begun with other input and is ${run.state}; finish it first.`, {
    runId: run.id,
    facts: {state: run.state, operator: run.operator, began: run.queuedAt.toString()},
    remedies: [`selfhelp run resume ${run.id}`, `selfhelp run abandon ${run.id}`],
  })
}

/** 7 characters that are easy to read and to type. */
function newRunId(): string {
  const letters = 'abcdefghijkmnpqrstuvwxyz23456789'
  return `r${[...randomBytes(7)].map(byte => letters[byte % 32]).join('')}`
}
