import {platformOf} from '../environment/steps.ts'
import type {Runbook} from '../runbook/model.ts'
import type {World} from '../world.ts'
import {environmentActivate} from './activate.ts'

/** `environment-activate` with the collaborators of this process. */
export async function buildActivate(world: World): Promise<Runbook> {
  return environmentActivate(await platformOf(world)) as Runbook
}
