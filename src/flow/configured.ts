import {connectors} from '../ledger/connector.ts'
import type {Queries} from '../ledger/ledger.ts'
import {tenantEdges, tenantHosts, vpns} from '../ledger/vpn.ts'
import {innerOf} from './link.ts'
import type {Derived, Link} from './model.ts'
import {connected, derived} from './table.ts'

/** Every link that is recorded, whether it stands yet or not. */
async function linksOf(ledger: Queries): Promise<readonly Link[]> {
  const [rows, hosts, edges] = await Promise.all([vpns(ledger), tenantHosts(ledger), tenantEdges(ledger)])
  const at = Map.groupBy(hosts, each => `${each.tenant}/${each.site}`)
  return rows.map(({tenant, site, gateway, number, spec}) => {
    const {peer, networks, servers, users: people} = spec as unknown as Agreed
    const own = people === undefined ? [] : edges.filter(each => each.tenant === tenant)
    const edge = (own.find(each => each.site === site) ?? own[0])?.host
    const users = at.get(`${tenant}/${site}`)?.map(({host}) => host) ?? []
    const inner = innerOf(number)
    const ends = {...(peer ? {peer: peer.address} : {}), ...(edge ? {edge} : {})}
    return {tenant, site, gateway, number, inner, networks, servers, users, ...ends}
  })
}

/** What a specification says of it. */
type Agreed = Pick<Link, 'networks' | 'servers'> & {
  readonly peer?: {readonly address: string}
  readonly users?: unknown
}

/** The rows that what is configured adds to the table, with the links they come from. */
export async function configured(ledger: Queries): Promise<Configured> {
  const [links, rows, hosts] = await Promise.all([linksOf(ledger), connectors(ledger), tenantHosts(ledger)])
  const users = Map.groupBy(hosts, each => each.tenant)
  const direct = rows.filter(({reachability}) => reachability !== 'vpn')
  const used = direct.map(row => ({...row, users: [...new Set(users.get(row.tenant)?.map(({host}) => host) ?? [])]}))
  return {links, rows: [...derived(links), ...connected(used)]}
}

export interface Configured {
  readonly links: readonly Link[]
  readonly rows: readonly Derived[]
}
