import type {Temporal} from 'temporal-polyfill'
import type {Maskable} from '../contract/model.ts'
import {type Environment, fullName, hostOf} from '../environment/model.ts'
import type {Platform} from '../environment/steps.ts'
import {Refusal} from '../error.ts'
import {unfinishedRun} from '../ledger/run.ts'
import {restoreIn} from './known.ts'
import type {RestorePlan} from './model.ts'
import {planOf} from './plan.ts'
import {pointBefore} from './way-back.ts'
import type {CopyInput, RestoreInput} from './work.ts'

/** The input of `restore run`: of its unfinished run, else planned anew. Throws `restore-state`, `restore-out-of-reach`. */
export async function readyToRun(platform: Platform, id: string): Promise<RestoreInput | CopyInput> {
  const before = await begunOf(platform, id)
  if (before?.to === 'done') return before
  const {row, environment, into} = await restoreIn(platform.ledger, id, ['agreed'])
  refuseEarly(id, row.agreedFor, platform.clock.now())
  const plan = await planOf(platform, {environment, into, target: row.target})
  const {set, timeline} = plan
  const goal = {kind: 'time', at: row.target.toString()} as const
  const rest = {set, timeline, goal, from: ['agreed'], to: 'done'} as const
  if (into === undefined) return {...aboutOf(id, environment), ...rest}
  const source = {id: environment.id, name: environment.name}
  return {...aboutOf(id, into), ...rest, source, masking: maskingOf(plan)}
}

/** The input of `restore undo`: back to the point that was measured before. Throws `restore-state`. */
export async function readyToUndo(platform: Platform, id: string): Promise<RestoreInput> {
  const before = await begunOf(platform, id)
  if (before?.to === 'undone') return before
  const {row, environment, into} = await restoreIn(platform.ledger, id, ['done'])
  if (into) throw notBackedUp(id, into)
  const safety = row.detail.safety as {label: string; run: string; timeline: number}
  const goal = {kind: 'point', name: pointBefore(safety.run)} as const
  return {...aboutOf(id, environment), set: safety.label, timeline: safety.timeline, goal, from: ['done'], to: 'undone'}
}

async function begunOf({ledger}: Platform, id: string): Promise<RestoreInput | CopyInput | undefined> {
  const run = (await unfinishedRun(ledger, 'restore-run', id)) ?? (await unfinishedRun(ledger, 'restore-copy', id))
  return run?.input as RestoreInput | CopyInput | undefined
}

const maskingOf = ({copy}: RestorePlan): readonly Maskable[] => (copy?.masking ?? []) as readonly Maskable[]

function aboutOf(restore: string, environment: Environment) {
  const {id, tenant, name} = environment
  return {restore, id, tenant, name, host: hostOf(environment, 'database')}
}

function refuseEarly(id: string, agreedFor: Temporal.Instant | undefined, now: Temporal.Instant): void {
  if (agreedFor === undefined || agreedFor.epochMilliseconds <= now.epochMilliseconds) return
  throw new Refusal('restore-state', `Request ${id} is agreed for ${agreedFor}; that is not yet (R237).`, {
    facts: {id, agreedFor: agreedFor.toString()},
    remedies: [`selfhelp restore agree ${id} --at TIME --by CONTACT`],
  })
}

/** Only production is backed up (R228): what another environment held before its copy is nowhere. */
function notBackedUp(id: string, into: Environment): Refusal {
  const name = fullName(into)
  const message = `Request ${id} was a copy into ${name}: what that held before is not backed up, and cannot come back (R228).`
  return new Refusal('restore-state', message, {
    facts: {id, environment: name},
    remedies: [`selfhelp restore request ${into.tenant} --environment ${into.name} --at TIME …`],
  })
}
