import {asEnvironment} from '../environment/model.ts'
import {platformOf} from '../environment/steps.ts'
import {Bug} from '../error.ts'
import {environmentsOf} from '../ledger/environment.ts'
import type {Runbook} from '../runbook/model.ts'
import type {World} from '../world.ts'
import {restoreCopy} from './copying.ts'
import {restoreLift} from './lift.ts'
import {restoreRun} from './run.ts'
import type {CopyInput, RestoreInput} from './work.ts'

/** `restore-run` with the collaborators of this process. */
export async function buildRestoreRun(world: World): Promise<Runbook> {
  const named = await byId(world)
  return restoreRun(await platformOf(world), ({id, tenant}) => named(id, tenant)) as Runbook
}

/** `restore-copy` with the collaborators of this process. */
export async function buildRestoreCopy(world: World): Promise<Runbook> {
  return restoreCopy(await platformOf(world), await byId(world)) as Runbook
}

/** `restore-lift` with the collaborators of this process. */
export async function buildRestoreLift(world: World): Promise<Runbook> {
  return restoreLift(await platformOf(world), await byId(world)) as Runbook
}

/** The runbook of what is to be restored. */
export async function buildFor(world: World, input: RestoreInput | CopyInput): Promise<Runbook> {
  return 'source' in input ? buildRestoreCopy(world) : buildRestoreRun(world)
}

async function byId(world: World) {
  const ledger = await world.ledger()
  return async (id: string, tenant: string) => {
    const found = (await environmentsOf(ledger, tenant)).map(asEnvironment).find(one => one.id === id)
    if (found === undefined) throw new Bug(`the environment ${id} of ${tenant} is not there any more`)
    return found
  }
}
