import type {Contract} from '../contract/model.ts'
import {Refusal} from '../error.ts'
import {innerOf} from '../flow/steps.ts'
import type {Host} from '../host/model.ts'
import {fleetOf} from '../host/steps.ts'
import type {Ledger, Queries} from '../ledger/ledger.ts'
import {setting} from '../ledger/setting.ts'
import {site as siteRow} from '../ledger/site.ts'
import {neededTenant} from '../ledger/tenant.ts'
import {holdVpns, putVpn, vpns} from '../ledger/vpn.ts'
import {asVpn, type Spec, type Vpn, vpnName} from './model.ts'
import {refuseClashes, refuseOurName, refuseSharedPeer, takenBy} from './neighbour.ts'

/** What adding decided. */
export interface VpnAdded {
  readonly vpn: string
  readonly gateway: string
  readonly inner: readonly string[]
  readonly changed: boolean
}

/**
 * Writes down what was agreed, or what was agreed anew; machines change with `vpn apply`. Throws `Refusal`: `not-found`,
 * `vpn-unfit` (not subscribed, no gateway), `vpn-overlap` (addresses of somebody else, both named).
 */
export async function addVpn(ledger: Ledger, spec: Spec, plan = false): Promise<VpnAdded> {
  await refuseStrangers(ledger, spec)
  const fleet = await fleetOf(ledger)
  return ledger.transaction(async tx => {
    await holdVpns(tx)
    const all = (await vpns(tx)).map(asVpn)
    const before = all.find(each => vpnName(each.spec) === vpnName(spec))
    const others = all.filter(each => each !== before)
    refuseSharedPeer(spec, others)
    refuseOurName(spec, await setting(tx, 'base-domain'))
    // The same customer's second site may show the same networks: only one of the two tunnels is used at a time.
    const neighbours = others.filter(each => each.spec.tenant !== spec.tenant || each.spec.site === spec.site)
    refuseClashes(spec, takenBy(fleet, neighbours))
    const gateway = before?.gateway ?? gatewayAt(spec, fleet, others)
    const changed = before === undefined || canonical(before.spec) !== canonical(spec)
    const number = changed && !plan ? await putVpn(tx, {...spec, gateway, spec: {...spec}}) : before?.number
    return {vpn: vpnName(spec), gateway, inner: number === undefined ? [] : innerOf(number), changed}
  })
}

async function refuseStrangers(ledger: Queries, spec: Spec): Promise<void> {
  const [tenant, site] = await Promise.all([neededTenant(ledger, spec.tenant), siteRow(ledger, spec.site)])
  if (!site) throw new Refusal('not-found', `There is no site ${spec.site}.`, {remedies: ['selfhelp site list']})
  const {options} = tenant.contract as Contract
  const ordered = {none: undefined, ipsec: 'ipsec', private: 'private-line'}[options.vpn]
  if (ordered !== spec.type)
    throw new Refusal(
      'vpn-unfit',
      `The contract of ${spec.tenant} orders ${ordered ?? 'no VPN'}, not ${spec.type} (R066, R092).`,
      {
        facts: {ordered: options.vpn, asked: spec.type},
        remedies: ['Order the VPN pack in the contract, or correct `type`.'],
      },
    )
}

/** The gateway of the site with the fewest tunnels; it stays the same. */
function gatewayAt({site}: Spec, fleet: readonly Host[], others: readonly Vpn[]): string {
  const load = (name: string) => others.filter(each => each.gateway === name).length
  const [first] = fleet
    .filter(host => host.site === site && host.roles.includes('gateway'))
    .sort((a, b) => load(a.name) - load(b.name) || (a.name < b.name ? -1 : 1))
  if (first) return first.name
  throw new Refusal('vpn-unfit', `No host at ${site} has the role gateway.`, {
    facts: {site},
    remedies: [`selfhelp host add NAME --site ${site} --role gateway --address …`],
  })
}

/** The ledger orders keys in its own way. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_, each) =>
    each && typeof each === 'object' && !Array.isArray(each)
      ? Object.fromEntries(Object.entries(each).sort(([a], [b]) => (a < b ? -1 : 1)))
      : each,
  )
}
