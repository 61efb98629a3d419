import {Refusal} from '../error.ts'
import {network, overlap, parseNetwork} from '../flow/steps.ts'
import {fleetOf} from '../host/steps.ts'
import {connectors, deleteConnector, putConnector} from '../ledger/connector.ts'
import type {Ledger, Queries} from '../ledger/ledger.ts'
import {tenantNamed} from '../ledger/tenant.ts'
import {listVpns, refuseUnreachable} from '../vpn/steps.ts'
import {type Connector, connectorName} from './model.ts'
import {sourcesOf} from './source.ts'

/** What adding decided. */
export interface ConnectorAdded {
  readonly connector: Connector
  readonly changed: boolean
  /** The addresses we come from: what the customer's firewall has to let in (R064). */
  readonly sources: readonly string[]
  /** The hosts whose firewalls open only for it. */
  readonly hosts: readonly string[]
}

/**
 * Writes down how a server of the customer is reached; firewalls open with `host apply`. Throws `Refusal`: `vpn-needed`
 * for a private address without a VPN that leads there (R065), `connector-unfit` for an address of ours (C3), `not-found`.
 */
export async function addConnector(ledger: Ledger, connector: Connector, plan = false): Promise<ConnectorAdded> {
  const {tenant} = connector
  if (!(await tenantNamed(ledger, tenant)))
    throw new Refusal('not-found', `There is no tenant ${tenant}.`, {remedies: ['selfhelp tenant list']})
  const [{items}, fleet, sources] = await Promise.all([
    listVpns(ledger, tenant),
    fleetOf(ledger),
    sourcesOf(ledger, connector),
  ])
  refuseOurOwn(
    connector,
    fleet.flatMap(({name, address, facts}) => [address, ...facts.addresses].map(each => ({name, address: each}))),
  )
  refuseUnreachable({...connector, name: connectorName(connector)}, items)
  return ledger.transaction(async tx => {
    const before = (await connectors(tx, tenant)).find(({name}) => name === connector.name)
    const changed = JSON.stringify(before) !== JSON.stringify({...before, ...connector})
    if (changed && !plan) await putConnector(tx, connector)
    return {connector, changed, ...sources}
  })
}

/** Forgets a connector; firewalls close with `host apply`. Throws `Refusal('not-found')`. */
export async function removeConnector(
  ledger: Ledger,
  {tenant, name}: Pick<Connector, 'tenant' | 'name'>,
  plan = false,
): Promise<{connector: string}> {
  const about = connectorName({tenant, name})
  const there = plan
    ? (await connectors(ledger, tenant)).some(each => each.name === name)
    : await deleteConnector(ledger, tenant, name)
  if (there) return {connector: about}
  throw new Refusal('not-found', `There is no connector ${about}.`, {remedies: ['selfhelp connector list']})
}

/** Every connector, or those of a tenant. */
export async function listConnectors(ledger: Queries, tenant?: string): Promise<{items: readonly Connector[]}> {
  return {items: await connectors(ledger, tenant)}
}

/** Through an address of ours presentation would get to edition (C3), or one customer to another. */
export function refuseOurOwn(
  connector: Connector,
  ours: readonly {readonly name: string; readonly address: string}[],
): void {
  const theirs = network(connector.address)
  const host = ours.find(({address}) => {
    const parsed = parseNetwork(address.split('%')[0] ?? '')
    return !('fault' in parsed) && overlap(parsed, theirs)
  })
  if (!host) return
  const about = connectorName(connector)
  throw new Refusal('connector-unfit', `${about} at ${connector.address} would lead to our own host ${host.name}.`, {
    facts: {connector: about, address: connector.address, host: host.name},
    remedies: ["Name the customer's own server: the platform's hosts reach each other by the flow matrix alone."],
  })
}
