import {platformOf} from '../environment/steps.ts'
import type {Runbook} from '../runbook/model.ts'
import type {World} from '../world.ts'
import {activityCount} from './activity.ts'
import {hostPatch} from './patch.ts'
import type {PatchInput} from './patching.ts'
import {maintenanceTend} from './tend.ts'

/** `activity-count` with the collaborators of this process. */
export async function buildActivityCount(world: World): Promise<Runbook> {
  return activityCount(await platformOf(world)) as Runbook
}

/** `host-patch` with the collaborators of this process. */
export async function buildHostPatch(world: World): Promise<Runbook> {
  return hostPatch(await platformOf(world)) as Runbook
}

/** `maintenance-tend` with the collaborators of this process. */
export async function buildMaintenanceTend(world: World): Promise<Runbook> {
  const enqueue = async (input: PatchInput, reason: string) =>
    void (await world.enqueue({runbook: 'host-patch', input, command: 'maintenance run', reason}))
  return maintenanceTend({ledger: await world.ledger(), clock: world.clock, enqueue}) as Runbook
}
