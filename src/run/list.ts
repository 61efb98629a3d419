import type {Temporal} from 'temporal-polyfill'
import type {Ledger} from '../ledger/ledger.ts'
import {openBrackets, type RunFilter, type RunRow, runs} from '../ledger/run.ts'
import type {RunState, Stopped} from '../runbook/model.ts'
import {isDead} from '../runbook/take.ts'

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
  /** False when the process that followed it is gone; a worker will go on with it, or you. */
  readonly followed: boolean
  /** What to type, when it stands still. */
  readonly remedies: readonly string[]
}

/** Runs: those that left something open first, then the newest. */
export async function listRuns(ledger: Ledger, filter: RunFilter): Promise<RunItem[]> {
  const [rows, open] = await Promise.all([runs(ledger, filter), openBrackets(ledger)])
  const listed = rows.map(async row => {
    const bracket = open.find(one => one.run === row.id)
    const followed = await isFollowed(ledger, row)
    const {id, title, runbook, subject, state, operator, queuedAt, endedAt, stopped} = row
    return {
      ...{run: id, title, runbook, subject, state, operator, queuedAt, endedAt, stopped},
      open: bracket && {step: bracket.step, until: bracket.until},
      followed,
      remedies: whatToType(id, followed || row.executor === undefined ? state : 'stopped'),
    }
  })
  return (await Promise.all(listed)).sort((a, b) => Number(b.open !== undefined) - Number(a.open !== undefined))
}

/** True while the process that follows a run lives. */
export async function isFollowed(
  ledger: Ledger,
  {executor, endedAt}: Pick<RunRow, 'executor' | 'endedAt'>,
): Promise<boolean> {
  return endedAt === undefined && executor !== undefined && !(await isDead(ledger, executor))
}

/** The commands that move a run in this state. */
export function whatToType(run: string, state: RunState): string[] {
  if (state === 'queued') return ['selfhelp worker', `selfhelp run resume ${run}`, `selfhelp run abandon ${run}`]
  if (state === 'running' || state === 'undoing') return [`selfhelp run follow ${run}`]
  if (state === 'stopped') return [`selfhelp run resume ${run}`, `selfhelp run abandon ${run}`]
  return []
}
