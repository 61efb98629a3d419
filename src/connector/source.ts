import {innerOf} from '../flow/steps.ts'
import {fleetOf} from '../host/steps.ts'
import type {Queries} from '../ledger/ledger.ts'
import {tenantHosts, vpns} from '../ledger/vpn.ts'
import type {Connector} from './model.ts'

/** The hosts that would use a connector, and the addresses they appear under at the customer's server. */
export async function sourcesOf(
  ledger: Queries,
  {tenant, address, reachability}: Connector,
): Promise<{readonly hosts: readonly string[]; readonly sources: readonly string[]}> {
  const [users, fleet, links] = await Promise.all([tenantHosts(ledger, tenant), fleetOf(ledger), vpns(ledger, tenant)])
  const hosts = [...new Set(users.map(({host}) => host))]
  const six = address.includes(':')
  const direct = fleet.filter(({name}) => hosts.includes(name)).flatMap(host => host.facts.addresses)
  const inner = links.flatMap(({number}) => innerOf(number))
  const own = (reachability === 'vpn' ? inner : direct).filter(each => each.includes(':') === six)
  return {hosts, sources: own.filter(each => !each.startsWith('fe80'))}
}
