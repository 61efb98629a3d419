import {join, resolve} from 'node:path'
import {platformOf} from '../environment/steps.ts'
import {newestVersion} from '../release/steps.ts'
import type {Runbook} from '../runbook/model.ts'
import type {World} from '../world.ts'
import {contractUpdate} from './amend.ts'
import type {Beginning} from './begin.ts'
import {environmentAdd, tenantCreate} from './create.ts'
import {farewellExpire} from './expire.ts'
import {tenantHandOver} from './hand-over.ts'
import {tenantInvite} from './invite.ts'
import {tenantRemove} from './remove.ts'

/** `tenant-create` with the collaborators of this process. */
export async function buildTenantCreate(world: World): Promise<Runbook> {
  return tenantCreate(await platformOf(world)) as Runbook
}

/** `contract-update` with the collaborators of this process. */
export async function buildContractUpdate(world: World): Promise<Runbook> {
  return contractUpdate(await platformOf(world)) as Runbook
}

/** `environment-add` with the collaborators of this process. */
export async function buildEnvironmentAdd(world: World): Promise<Runbook> {
  return environmentAdd(await platformOf(world)) as Runbook
}

/** `farewell-expire` with the collaborators of this process. */
export async function buildFarewellExpire(world: World): Promise<Runbook> {
  return farewellExpire(await platformOf(world)) as Runbook
}

/** `tenant-hand-over` with the collaborators of this process. */
export async function buildTenantHandOver(world: World): Promise<Runbook> {
  return tenantHandOver(await platformOf(world)) as Runbook
}

/** `tenant-invite` with the collaborators of this process. */
export async function buildTenantInvite(world: World): Promise<Runbook> {
  return tenantInvite(await platformOf(world)) as Runbook
}

/** `tenant-remove` with the collaborators of this process. */
export async function buildTenantRemove(world: World): Promise<Runbook> {
  return tenantRemove(await platformOf(world)) as Runbook
}

/** What deciding about a new tenant needs of the world. */
export async function beginningOf(world: World): Promise<Beginning> {
  const ledger = await world.ledger()
  return {ledger, clock: world.clock, newestRelease: () => newestVersion({ledger})}
}

/** The root certificate people check with. */
export function caFileOf(world: World): string {
  return join(resolve(world.home), 'ca.pem')
}
