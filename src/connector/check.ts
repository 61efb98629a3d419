import type {Queries} from '../ledger/ledger.ts'
import type {Machine} from '../machine/model.ts'
import {program} from '../render/render.ts'
import {listConnectors} from './add.ts'
import {type Connector, connectorName} from './model.ts'
import {sourcesOf} from './source.ts'

/** Milliseconds one connection may take: a customer's server may be far away. */
const patience = 5000

/** What each host of the tenant found at the customer's server. */
export interface ConnectorChecked {
  readonly items: readonly {
    readonly connector: string
    readonly from: string
    readonly target: string
    readonly reachability: Connector['reachability']
    /** `passes`, `refused` (nobody listens), `forbidden` (our own firewall), `no-answer`, `no-route`. */
    readonly found: string
    readonly sources: readonly string[]
  }[]
}

/** Opens a connection to each server from each host that uses it, once (R064). */
export async function checkConnectors(
  ledger: Queries,
  machine: (host: string) => Promise<Machine>,
  tenant?: string,
): Promise<ConnectorChecked> {
  const {items} = await listConnectors(ledger, tenant)
  const found = await Promise.all(
    items.map(async connector => {
      const {hosts, sources} = await sourcesOf(ledger, connector)
      const {address, port, reachability} = connector
      const about = {connector: connectorName(connector), target: `${address} ${port}`, reachability, sources}
      return Promise.all(
        hosts.map(async from => ({...about, from, found: await dialled(await machine(from), `${address},${port}`)})),
      )
    }),
  )
  return {items: found.flat()}
}

async function dialled(machine: Machine, target: string): Promise<string> {
  const [answer] = await machine.ask([{ask: 'run', args: ['perl', '-e', program('dial.pl'), `${patience}`, target]}])
  return answer?.out.trim().split(' ')[1] ?? 'not tried'
}
