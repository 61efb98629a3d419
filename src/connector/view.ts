import type {View} from '../terminal/view.ts'
import type {ConnectorAdded} from './add.ts'
import type {ConnectorChecked} from './check.ts'
import {type Connector, connectorName} from './model.ts'

/** Connectors as rows. */
export function connectorRows(items: readonly Connector[]): View {
  return {
    heads: ['connector', 'purpose', 'address', 'port', 'reached'],
    rows: items.map(each => [connectorName(each), each.purpose, each.address, each.port, each.reachability]),
    empty: 'No connector yet: selfhelp connector add TENANT/NAME --purpose ldap --address … --port … --reachability …',
  }
}

/** What adding did, or would do; and what the customer has to let in. */
export function connectorAdded({connector, changed, sources, hosts}: ConnectorAdded, plan: boolean): View {
  const about = connectorName(connector)
  const done = changed ? `${about} ${plan ? 'would be' : 'is'} recorded` : `${about} is as it was`
  const allow = sources.length === 0 ? [] : [`to let in at the customer's: ${sources.join(', ')}`]
  const next = hosts.map(host => `selfhelp host apply ${host}`)
  return [
    done,
    ...allow,
    ...(next.length === 0 ? [] : [`next: ${next.join('; ')}; then selfhelp connector check ${connector.tenant}`]),
  ]
}

/** What was found from each host. */
export function checkedView({items}: ConnectorChecked): View {
  return {
    heads: ['connector', 'from', 'address and port', 'reached', 'found', 'to let in'],
    rows: items.map(each => [
      each.connector,
      each.from,
      each.target,
      each.reachability,
      {text: each.found, tone: each.found === 'passes' ? 'good' : 'bad'},
      each.sources.join(', '),
    ]),
    empty: 'No connector, or no host that uses one.',
  }
}
