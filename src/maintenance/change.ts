import type {Temporal} from 'temporal-polyfill'
import {knownOf, mayRun, settleOperation} from '../calendar/steps.ts'
import {Refusal} from '../error.ts'
import type {Ledger, Queries} from '../ledger/ledger.ts'
import {withdrawNotices} from '../ledger/notice.ts'
import {moveOperation, type OperationRow, operations} from '../ledger/operation.ts'
import type {ChangeType} from '../runbook/model.ts'
import {type MaintenanceShown, shown} from './list.ts'
import {announce, refuse} from './plan.ts'

/** Gives an operation another date and tells everybody; what was agreed or announced is void. */
export async function reschedule(
  ledger: Ledger,
  now: Temporal.Instant,
  {id, at, by}: {id: string; at: Temporal.Instant; by: string},
): Promise<MaintenanceShown> {
  const before = await planned(ledger, id)
  const {environment, change} = before
  const minutes = before.untilAt.since(before.fromAt).total({unit: 'minutes'})
  const known = await knownOf(ledger, now, environment)
  const without = {...known, operations: known.operations.filter(each => each.id !== id)}
  refuse([mayRun({change: change as ChangeType, environment, at: at.epochMilliseconds, minutes}, without)])
  return ledger.transaction(async tx => {
    await withdrawNotices(tx, id, now)
    const moved = {id, fromAt: at, untilAt: at.add({minutes}), slotBecause: `moved by ${by}`}
    if (!(await moveOperation(tx, moved))) throw notPlanned(before)
    const sequence = before.sequence + 1
    await announce(tx, now, {...before, ...moved, kind: 'maintenance-moved', sequence})
    return shown(await needed(tx, id))
  })
}

/** Takes an operation off the calendar and tells everybody who may have heard of it. */
export async function cancel(ledger: Ledger, now: Temporal.Instant, {id, why}: {id: string; why: string}) {
  const before = await planned(ledger, id)
  return ledger.transaction(async tx => {
    await withdrawNotices(tx, id, now)
    await settleOperation(tx, {id, state: 'cancelled', at: now})
    await announce(tx, now, {...before, title: why, kind: 'maintenance-cancelled'})
    return shown(await needed(tx, id))
  })
}

/** Notes that it is over, and how long users were shut out; from then on that counts in the month (R160). */
export async function finish(
  ledger: Ledger,
  now: Temporal.Instant,
  {id, from, closedSeconds}: {id: string; from?: Temporal.Instant | undefined; closedSeconds: number},
): Promise<MaintenanceShown> {
  const before = await needed(ledger, id)
  if (before.state === 'done' || before.state === 'cancelled') throw notPlanned(before)
  return ledger.transaction(async tx => {
    await settleOperation(tx, {id, state: 'done', at: now, closedSeconds})
    const fromAt = from ?? before.fromAt
    const untilAt = fromAt.add({seconds: closedSeconds})
    await announce(tx, now, {...before, fromAt, untilAt, kind: 'maintenance-done'})
    return shown(await needed(tx, id))
  })
}

async function needed(q: Queries, id: string): Promise<OperationRow> {
  const [row] = await operations(q, {ids: [id]})
  if (row) return row
  throw new Refusal('not-found', `There is no operation ${id}.`, {
    facts: {operation: id},
    remedies: ['selfhelp maintenance list'],
  })
}

async function planned(q: Queries, id: string): Promise<OperationRow> {
  const row = await needed(q, id)
  if (row.state === 'planned') return row
  throw notPlanned(row)
}

function notPlanned({id, state}: OperationRow): Refusal {
  return new Refusal('operation-over', `Operation ${id} is ${state}; nothing was changed.`, {
    facts: {operation: id, state},
    remedies: [`selfhelp maintenance show ${id}`],
  })
}
