import {Bug, CodedError, type Details, Failure, Refusal} from '../error.ts'
import type {End, Trouble} from './model.ts'

/** An error as the ledger keeps it; whatever has no code is a Bug. */
export function troubleOf(thrown: unknown): Trouble {
  const error =
    thrown instanceof CodedError ? thrown : new Bug(thrown instanceof Error ? thrown.message : String(thrown))
  const stack = error instanceof Bug && thrown instanceof Error ? {stack: thrown.stack} : {}
  return {
    kind: error.code === 'interrupted' ? 'interrupted' : error.kind,
    code: error.code,
    message: error.message,
    facts: {...error.facts, ...stack},
    remedies: error.remedies,
  }
}

/** True for the one refusal that must end an executor at once, without a record: somebody else follows the run now. */
export function isSuperseded(thrown: unknown): boolean {
  return thrown instanceof CodedError && thrown.code === 'epoch-superseded'
}

/** The error a command ends with when its run did not end `done`: exit 1, 3, 4, 6 or 130. */
export function errorOf(run: string, end: End): CodedError | undefined {
  if (end.state === 'done') return undefined
  const {trouble, step, exit} = end.stopped
  const where = step ? ` at step ${step}` : ''
  const details: Details = {
    facts: {...trouble.facts, ...(step ? {step} : {}), state: end.state, cause: trouble.code},
    remedies: [...(trouble.remedies ?? []), ...whatToType(run, end)],
    runId: run,
  }
  if (end.state !== 'stopped')
    return new Refusal(
      'run-undone',
      `${trouble.message}${where}; run ${run} is ${end.state}, nothing is left.`,
      details,
    )
  const message = `Run ${run} stopped${where}: ${trouble.message}`
  if (exit === 1) return new Bug(message, details)
  if (exit === 6) return new Failure('run-stopped-past-return', message, details)
  return new Failure(exit === 130 ? 'interrupted' : 'run-stopped', message, details)
}

function whatToType(run: string, end: End): string[] {
  if (end.state !== 'stopped') return []
  const resume = `selfhelp run resume ${run}`
  return end.stopped.exit === 4 || end.stopped.exit === 130
    ? [resume, `selfhelp run abandon ${run}`]
    : [resume, `selfhelp run show ${run}`]
}
