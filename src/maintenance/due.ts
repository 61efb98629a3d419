import type {Temporal} from 'temporal-polyfill'
import {Bug, Refusal} from '../error.ts'
import {environmentsOf} from '../ledger/environment.ts'
import type {Queries} from '../ledger/ledger.ts'
import {type OperationRow, operations} from '../ledger/operation.ts'
import {unfinishedRun} from '../ledger/run.ts'
import type {PatchInput} from './patching.ts'

/** What a plan's operations do on their host, as a run; or its unfinished run. Throws `not-found`, `operation-over`, `input-invalid`, `calendar-refused` before its slot. */
export async function readyToPatch(q: Queries, now: Temporal.Instant, id: string): Promise<PatchInput> {
  const [row] = await operations(q, {ids: [id]})
  if (!row)
    throw new Refusal('not-found', `There is no operation ${id}.`, {
      facts: {operation: id},
      remedies: ['selfhelp maintenance list'],
    })
  const host = patchedHost(row)
  const before = await unfinishedRun(q, 'host-patch', host)
  if (before && row.run === before.id) return before.input as PatchInput
  if (row.state !== 'planned') throw over(row)
  if (row.fromAt.epochMilliseconds > now.epochMilliseconds) throw early(row)
  return inputOf(q, row)
}

/** Operations whose slot is now, one of each plan. */
export async function duePatches(q: Queries, now: Temporal.Instant): Promise<readonly OperationRow[]> {
  const rows = await operations(q, {since: now, states: ['planned']})
  const due = rows.filter(
    row => row.host !== undefined && isPatch(row) && row.fromAt.epochMilliseconds <= now.epochMilliseconds,
  )
  return [...new Map(due.map(row => [row.plan, row])).values()]
}

/** All of its plan on its host. */
export async function inputOf(q: Queries, row: OperationRow): Promise<PatchInput> {
  const rows = (await operations(q, {plan: row.plan})).filter(({state}) => state !== 'cancelled')
  const known = new Map((await environmentsOf(q)).map(({id, tenant, name}) => [`${tenant}/${name}`, id]))
  const environments = rows.map(({environment: name}) => {
    const id = known.get(name)
    if (id === undefined) throw new Bug(`the environment ${name} of operation ${row.id} is not there any more`)
    return {id, name}
  })
  const securityOnly = row.change === 'security-fix'
  return {plan: row.plan, host: patchedHost(row), operations: rows.map(({id}) => id), environments, securityOnly}
}

const isPatch = ({change}: Pick<OperationRow, 'change'>) => change === 'os-patch' || change === 'security-fix'

function patchedHost(row: OperationRow): string {
  if (row.host !== undefined && isPatch(row)) return row.host
  throw new Refusal(
    'input-invalid',
    `Operation ${row.id} is ${row.change}${row.host ? '' : ' of no host'}: only patches of a host are run by themselves.`,
    {
      facts: {operation: row.id, change: row.change, host: row.host},
      remedies: [
        'selfhelp maintenance plan --host HOST --change os-patch --duration 40m',
        `selfhelp maintenance done ${row.id} --closed SECONDS`,
      ],
    },
  )
}

function over({id, state}: OperationRow): Refusal {
  return new Refusal('operation-over', `Operation ${id} is ${state}; nothing was changed.`, {
    facts: {operation: id, state},
    remedies: [`selfhelp maintenance show ${id}`],
  })
}

function early({id, fromAt}: OperationRow): Refusal {
  return new Refusal('calendar-refused', `Operation ${id} is planned for ${fromAt}; that is not yet.`, {
    facts: {operation: id, from: fromAt.toString()},
    remedies: [`selfhelp maintenance reschedule ${id} --at TIME`],
  })
}
