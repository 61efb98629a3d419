import {asEnvironment} from '../environment/model.ts'
import {platformOf} from '../environment/steps.ts'
import {Bug} from '../error.ts'
import {environmentsOf} from '../ledger/environment.ts'
import type {Runbook} from '../runbook/model.ts'
import type {World} from '../world.ts'
import {backupTransfer} from './run.ts'

/** `backup-transfer` with the collaborators of this process. */
export async function buildTransfer(world: World): Promise<Runbook> {
  const ledger = await world.ledger()
  return backupTransfer(await platformOf(world), async ({id, tenant, name}) => {
    const found = (await environmentsOf(ledger, tenant)).map(asEnvironment).find(one => one.id === id)
    if (found === undefined) throw new Bug(`${tenant}/${name} is not there any more`)
    return found
  }) as Runbook
}
