import {platformOf} from '../environment/steps.ts'
import type {Runbook} from '../runbook/model.ts'
import type {World} from '../world.ts'
import {domainRemove} from './remove.ts'

/** `domain-remove` with the collaborators of this process. */
export async function buildDomainRemove(world: World): Promise<Runbook> {
  return domainRemove(await platformOf(world)) as Runbook
}
