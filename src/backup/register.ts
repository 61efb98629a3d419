import {asEnvironment} from '../environment/model.ts'
import {platformOf} from '../environment/steps.ts'
import {Bug} from '../error.ts'
import {environmentsOf} from '../ledger/environment.ts'
import type {Runbook} from '../runbook/model.ts'
import type {World} from '../world.ts'
import {backupLook} from './collect.ts'
import {backupDrill, type DrillInput} from './drill.ts'
import {backupTake} from './take.ts'
import {backupVerify} from './verify.ts'

/** `backup-drill` with the collaborators of this process. */
export async function buildDrill(world: World): Promise<Runbook> {
  return backupDrill(await platformOf(world), await byId(world)) as Runbook
}

/** `backup-take` with the collaborators of this process. */
export async function buildTake(world: World): Promise<Runbook> {
  return backupTake(await platformOf(world), await byId(world)) as Runbook
}

/** `backup-verify` with the collaborators of this process. */
export async function buildVerify(world: World): Promise<Runbook> {
  return backupVerify(await platformOf(world), await byId(world)) as Runbook
}

/** `backup-look` with the collaborators of this process. */
export async function buildLook(world: World): Promise<Runbook> {
  return backupLook(await platformOf(world)) as Runbook
}

async function byId(world: World) {
  const ledger = await world.ledger()
  return async ({id, tenant, name}: Pick<DrillInput, 'id' | 'tenant' | 'name'>) => {
    const found = (await environmentsOf(ledger, tenant)).map(asEnvironment).find(one => one.id === id)
    if (found === undefined) throw new Bug(`${tenant}/${name} is not there any more`)
    return found
  }
}
