import {Refusal} from '../error.ts'
import {innerOf} from '../flow/steps.ts'
import type {Queries} from '../ledger/ledger.ts'
import {vpns} from '../ledger/vpn.ts'
import {asVpn, type Vpn, vpnName} from './model.ts'

/** Every VPN, or those of a tenant, by tenant and site. */
export async function listVpns(ledger: Queries, tenant?: string): Promise<{items: readonly Vpn[]}> {
  return {items: (await vpns(ledger, tenant)).map(asVpn)}
}

/** How they are typed. */
export const vpnNamesOf = (items: readonly Vpn[]): readonly string[] => items.map(({spec}) => vpnName(spec))

/** A VPN as it is shown: with the addresses we appear under. */
export interface VpnShown extends Vpn {
  readonly inner: readonly string[]
}

/** One VPN by `TENANT/SITE`, or by the tenant who has one only. Throws `Refusal('not-found')`, `Refusal('input-invalid')`. */
export async function vpnNamed(ledger: Queries, typed: string): Promise<VpnShown> {
  const [tenant = '', site] = typed.split('/')
  const {items} = await listVpns(ledger, tenant)
  const found = items.filter(({spec}) => site === undefined || spec.site === site)
  const [only] = found
  if (only && found.length === 1) return {...only, inner: innerOf(only.number)}
  if (found.length > 1)
    throw new Refusal('input-invalid', `${tenant} has a VPN at more than one site: name the one meant.`, {
      facts: {vpns: found.map(each => vpnName(each.spec))},
      remedies: found.map(each => `Write ${vpnName(each.spec)}.`),
    })
  throw new Refusal('not-found', `There is no VPN ${typed}.`, {facts: {typed}, remedies: ['selfhelp vpn list']})
}
