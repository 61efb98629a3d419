import type {RunResult} from '../runbook/view.ts'
import {stepTable} from '../runbook/view.ts'

/** What an activation did, or would do. */
export function activated(about: {readonly environment: string; readonly steps: readonly string[]}, run?: RunResult) {
  const {environment, steps} = about
  const result = {environment, steps, run: run?.run, state: run?.state}
  if (run?.state === 'queued') return {result, view: `${environment} is queued: selfhelp run follow ${run.run}`}
  if (run) {
    const view = `${environment} is in service; its first backup was restored and holds what the source held (run ${run.run}).`
    return {result, view: [view, `→ selfhelp backup status ${environment}`]}
  }
  if (steps.length === 0) return {result, view: `${environment} is in service already; nothing was changed.`}
  return {result, view: stepTable(steps)}
}
