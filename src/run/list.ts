import type {Temporal} from 'temporal-polyfill'
import type {Ledger} from '../ledger/ledger.ts'
import {openBrackets, type RunFilter, runs} from '../ledger/run.ts'
import type {RunState, Stopped} from '../runbook/model.ts'

/** A run as lists show it. */
export interface RunItem {
  readonly run: string
  readonly title: string
  readonly runbook: string
  readonly subject: string
  readonly state: RunState
  readonly operator: string
  readonly queuedAt: Temporal.Instant
  readonly endedAt: Temporal.Instant | undefined
  readonly stopped: Stopped | undefined
  /** A bracket this run left open, and when the far side closes it by itself. */
  readonly open: {readonly step: string; readonly until: string} | undefined
  /** What to type, when it stands still. */
  readonly remedies: readonly string[]
}

/** Runs: those that left something open first, then the newest. */
export async function listRuns(ledger: Ledger, filter: RunFilter): Promise<RunItem[]> {
  const [rows, open] = await Promise.all([runs(ledger, filter), openBrackets(ledger)])
  const items = rows.map(row => {
    const bracket = open.find(one => one.run === row.id)
    const {id, title, runbook, subject, state, operator, queuedAt, endedAt, stopped} = row
    return {
      ...{run: id, title, runbook, subject, state, operator, queuedAt, endedAt, stopped},
      open: bracket && {step: bracket.step, until: bracket.until},
      remedies: whatToType(id, state),
    }
  })
  return items.sort((a, b) => Number(b.open !== undefined) - Number(a.open !== undefined))
}

/** The commands that move a run in this state. */
export function whatToType(run: string, state: RunState): string[] {
  if (state === 'queued') return ['selfhelp worker', `selfhelp run resume ${run}`, `selfhelp run abandon ${run}`]
  if (state === 'running' || state === 'undoing') return [`selfhelp run follow ${run}`]
  if (state === 'stopped') return [`selfhelp run resume ${run}`, `selfhelp run abandon ${run}`]
  return []
}
