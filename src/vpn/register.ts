import {platformOf} from '../environment/steps.ts'
import {environmentsOf} from '../ledger/environment.ts'
import type {Runbook} from '../runbook/model.ts'
import type {World} from '../world.ts'
import {readyFor, type VpnInput, vpnApply} from './apply.ts'
import {vpnLook} from './look.ts'
import {vpnRemove} from './remove.ts'
import {vpnRekey, vpnRotate} from './rotate.ts'

/** `vpn-apply` with the collaborators of this process. */
export async function buildVpnApply(world: World): Promise<Runbook> {
  return vpnApply(await platformOf(world)) as Runbook
}

/** `vpn-look` with the collaborators of this process. */
export async function buildVpnLook(world: World): Promise<Runbook> {
  return vpnLook(await platformOf(world)) as Runbook
}

/** `vpn-remove` with the collaborators of this process. */
export async function buildVpnRemove(world: World): Promise<Runbook> {
  return vpnRemove(await platformOf(world)) as Runbook
}

/** `vpn-rotate-secret` with the collaborators of this process. */
export async function buildVpnRotate(world: World): Promise<Runbook> {
  return vpnRotate(await platformOf(world)) as Runbook
}

/** `vpn-rekey` with the collaborators of this process. */
export async function buildVpnRekey(world: World): Promise<Runbook> {
  return vpnRekey(await platformOf(world)) as Runbook
}

/** The input of a run about this VPN. Throws `Refusal('not-found')`. */
export async function vpnInput(world: World, name: string): Promise<VpnInput> {
  const ledger = await world.ledger()
  return readyFor({ledger}, name, async tenant =>
    (await environmentsOf(ledger, tenant)).map(each => `${tenant}/${each.name}`),
  )
}
