import type {Temporal} from 'temporal-polyfill'
import {hostOf} from '../environment/model.ts'
import type {Platform} from '../environment/steps.ts'
import {Refusal} from '../error.ts'
import {unfinishedRun} from '../ledger/run.ts'
import {restoreIn} from './known.ts'
import {planFor} from './plan.ts'
import {pointBefore} from './way-back.ts'
import type {RestoreInput} from './work.ts'

/** The input of `restore run`: of its unfinished run, else planned anew. Throws `restore-state`, `restore-out-of-reach`. */
export async function readyToRun(platform: Platform, id: string): Promise<RestoreInput> {
  const before = await unfinishedRun(platform.ledger, 'restore-run', id)
  if (before) return before.input as RestoreInput
  const {row, environment} = await restoreIn(platform.ledger, id, ['agreed'])
  refuseEarly(id, row.agreedFor, platform.clock.now())
  const {set, timeline} = await planFor(platform, environment, row.target)
  const goal = {kind: 'time', at: row.target.toString()} as const
  return {...aboutOf(id, environment), set, timeline, goal, from: ['agreed'], to: 'done'}
}

/** The input of `restore undo`: back to the point that was measured before. Throws `restore-state`. */
export async function readyToUndo(platform: Platform, id: string): Promise<RestoreInput> {
  const before = await unfinishedRun(platform.ledger, 'restore-run', id)
  if (before) return before.input as RestoreInput
  const {row, environment} = await restoreIn(platform.ledger, id, ['done'])
  const safety = row.detail.safety as {label: string; run: string; timeline: number}
  const goal = {kind: 'point', name: pointBefore(safety.run)} as const
  return {...aboutOf(id, environment), set: safety.label, timeline: safety.timeline, goal, from: ['done'], to: 'undone'}
}

function aboutOf(
  restore: string,
  environment: Parameters<typeof hostOf>[0] & {id: string; tenant: string; name: string},
) {
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
