import type {Temporal} from 'temporal-polyfill'
import type {Ledger} from '../ledger/ledger.ts'
import {heldLocks, type LockRow} from '../ledger/lock.ts'
import {openBrackets, type RunRow, runById, type StepRow, stepsOfRun} from '../ledger/run.ts'
import {pointOfNoReturn} from '../runbook/follow.ts'
import type {Step} from '../runbook/model.ts'
import type {Registry} from '../runbook/registry.ts'
import {isFollowed, whatToType} from './list.ts'

export interface RunShown extends Omit<RunRow, 'id' | 'request' | 'signature'> {
  readonly run: string
  readonly steps: readonly ShownStep[]
  readonly heldLocks: readonly LockRow[]
  readonly open: {readonly step: string; readonly until: string} | undefined
  /** Past it there is only forward. */
  readonly pastReturn: {readonly step: string; readonly because: string; readonly document: string} | undefined
  /** False when the process that followed it is gone. */
  readonly followed: boolean
  readonly remedies: readonly string[]
}

export interface ShownStep {
  readonly position: number
  readonly name: string
  readonly state: StepRow['state'] | 'waiting'
  readonly startedAt?: Temporal.Instant | undefined
  readonly endedAt?: Temporal.Instant | undefined
  readonly trouble?: StepRow['trouble']
}

/** One run: why it stopped and where, what is true now, what to type. Refusal `not-found`. */
export async function showRun(ledger: Ledger, id: string, runbooks: Registry): Promise<RunShown> {
  const {id: run, request: _, signature: __, ...row} = await runById(ledger, id)
  const [records, locks, open] = await Promise.all([
    stepsOfRun(ledger, id),
    heldLocks(ledger, {run: id}),
    openBrackets(ledger),
  ])
  const known = await stepsOf(runbooks, row)
  // A runbook this selfhelp does not know any more still has its records.
  const names: readonly Pick<Step, 'name'>[] = known ?? records
  const bracket = open.find(one => one.run === id)
  const never = pointOfNoReturn(known ?? [], records)
  const followed = await isFollowed(ledger, row)
  const state = !followed && row.executor !== undefined && row.state !== 'queued' ? 'stopped' : row.state
  return {
    run,
    ...row,
    steps: names.map(({name}, position) => shown(name, position, records)),
    heldLocks: locks,
    open: bracket && {step: bracket.step, until: bracket.until},
    pastReturn:
      never?.undo?.kind === 'never'
        ? {step: never.name, because: never.undo.because, document: never.undo.document}
        : undefined,
    followed,
    remedies: whatToType(run, state).filter(line => !never || !line.includes('abandon')),
  }
}

function shown(name: string, position: number, records: readonly StepRow[]): ShownStep {
  const record = records.find(one => one.position === position)
  if (!record) return {position, name, state: 'waiting'}
  const {state, startedAt, endedAt, trouble} = record
  return {position, name, state, startedAt, endedAt, ...(trouble ? {trouble} : {})}
}

async function stepsOf(
  runbooks: Registry,
  {runbook, input}: Pick<RunRow, 'runbook' | 'input'>,
): Promise<readonly Step[] | undefined> {
  const found = await runbooks(runbook).catch(() => undefined)
  return found?.steps(input)
}
