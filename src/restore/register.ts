import type {World} from '../cli/world.ts'
import {asEnvironment} from '../environment/model.ts'
import {platformOf} from '../environment/steps.ts'
import {Bug} from '../error.ts'
import {environmentsOf} from '../ledger/environment.ts'
import type {Runbook} from '../runbook/model.ts'
import {restoreRun} from './run.ts'

/** `restore-run` with the collaborators of this process. */
export async function buildRestoreRun(world: World): Promise<Runbook> {
  const [platform, ledger] = await Promise.all([platformOf(world), world.ledger()])
  const named = async ({id, tenant, name}: {id: string; tenant: string; name: string}) => {
    const found = (await environmentsOf(ledger, tenant)).map(asEnvironment).find(one => one.id === id)
    if (found === undefined) throw new Bug(`${tenant}/${name} is not there any more`)
    return found
  }
  return restoreRun(platform, named) as Runbook
}
