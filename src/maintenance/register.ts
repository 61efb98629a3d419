import type {World} from '../cli/world.ts'
import {platformOf} from '../environment/steps.ts'
import type {Runbook} from '../runbook/model.ts'
import {activityCount} from './activity.ts'

/** `activity-count` with the collaborators of this process. */
export async function buildActivityCount(world: World): Promise<Runbook> {
  return activityCount(await platformOf(world)) as Runbook
}
