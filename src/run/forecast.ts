import {Refusal} from '../error.ts'
import type {Ledger} from '../ledger/ledger.ts'
import {runById, unfinished} from '../ledger/run.ts'
import type {RunState} from '../runbook/model.ts'
import type {Registry} from '../runbook/registry.ts'
import {showRun} from './show.ts'

/** What going on with a run would do. */
export interface RunForecast {
  readonly run: string
  readonly title: string
  readonly state: RunState
  /** To its end, or back to where it began. */
  readonly way: 'forward' | 'back'
  /** In the order they would be made, or undone. */
  readonly steps: readonly string[]
}

/**
 * Says what resuming a run would make, or abandoning it undo; nothing is touched. Throws `Refusal` `not-found`,
 * `run-ended`, `run-past-return`.
 */
export async function forecastRun(
  ledger: Ledger,
  id: string,
  {runbooks, abandon}: {runbooks: Registry; abandon: boolean},
): Promise<RunForecast> {
  const row = await runById(ledger, id)
  const {title, state, stopped} = row
  if (!unfinished.includes(state)) throw ended(id, `${title} is ${state}: there is nothing to continue`)
  const {pastReturn, steps: shown} = await showRun(ledger, id, runbooks)
  if (abandon && pastReturn) throw pastIt(id, pastReturn)
  const back = abandon || (stopped !== undefined && stopped.way !== 'forward')
  const steps = (await runbooks(row.runbook)).steps(row.input)
  const left = back
    ? shown.filter(({position, state}) => ours.has(state) && steps[position]?.undo?.kind === 'by').reverse()
    : shown.filter(({state}) => state !== 'made' && state !== 'held')
  return {run: id, title, state, way: back ? 'back' : 'forward', steps: left.map(({name}) => name)}
}

const ours: ReadonlySet<string> = new Set(['making', 'made', 'failed', 'undo-failed'])

function ended(run: string, why: string): Refusal {
  return new Refusal('run-ended', `Run ${run}: ${why}.`, {runId: run, remedies: [`selfhelp run show ${run}`]})
}

function pastIt(run: string, {because, document}: {because: string; document: string}): Refusal {
  return new Refusal('run-past-return', `Run ${run} is past its point of no return: ${because}.`, {
    runId: run,
    remedies: [`selfhelp run resume ${run}`, `Read ${document}.`],
  })
}
