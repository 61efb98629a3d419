import {portRanges as ports} from '../ledger/port.ts'
import {seen} from './link.ts'
import type {Derived, Flow, Link, Party, Purpose, Role} from './model.ts'

/** Who may ask the world for something; a customer's service that fell to somebody is none of them. */
const ours = ['root', 'selfhelp'] as const
const apt = [...ours, '_apt'] as const
const names = [...apt, 'systemd-resolve', 'unbound', 'dnsmasq'] as const
const clock = [...ours, 'systemd-timesync', '_chrony', 'ntpsec'] as const
const address = [...ours, 'systemd-network', 'dhcpcd'] as const

/** Those of them that not every machine has. */
export const askers: readonly string[] = [...new Set([...names, ...clock, ...address])].filter(
  account => !ours.some(own => own === account),
)

/** Who hands requests on; the services of other customers on an edge's own host do not. */
const balancer = ['haproxy'] as const

/**
 * Every flow there is. A firewall rule has its row here or does not exist; later features add rows here and nowhere else.
 * A row reads: from, to, port, reason, requirement, the role whose hosts open the door, whose programs may begin it.
 */
export const flows: readonly Flow[] = rows([
  ['anyone', 'presentation', 'tcp', 443, 'users read procedures over https', 'R108', 'edge'],
  ['anyone', 'edition', 'tcp', 443, 'functional administrators edit over https', 'R109', 'edge'],
  ['edition', 'presentation', 'tcp', 443, 'edition publishes to presentation', 'R110', 'edge'],
  ['presentation', 'service engine', 'tcp', 443, 'tickets and trusted sign-in at Service Engine', 'R111'],
  ['presentation', 'service apps', 'tcp', 443, 'Service Apps', 'R112'],
  ['service engine', 'presentation', 'tcp', 443, 'extractor and trusted provider of Service Engine', 'R113', 'edge'],
  ['anyone', 'edge', 'tcp', 80, 'http only redirects to https', 'R011'],
  ['control plane', 'any host', 'tcp', 22, 'the control plane changes hosts over ssh, nobody else', 'R013'],
  [
    'edge',
    'presentation',
    'tcp',
    ports.presentation,
    'the edge hands requests to presentation',
    'R108',
    undefined,
    balancer,
  ],
  ['edge', 'edition', 'tcp', ports.edition, 'the edge hands requests to edition', 'R109', undefined, balancer],
  ['presentation', 'database', 'tcp', ports.database, 'presentation reads its database, privately', 'R012'],
  ['edition', 'database', 'tcp', ports.database, 'edition writes its database, privately', 'R012'],
  ['database', 'repository', 'tcp', 8432, 'databases send WAL to the repository and restore from it, over TLS', 'R231'],
  ['repository', 'database', 'tcp', 8432, 'the repository fetches backups from databases over TLS', 'R229'],
  ['any host', 'package archive', 'tcp', 'as measured', 'signed packages of Debian', 'R155', undefined, apt],
  ['any host', 'name server', 'udp', 53, 'names', 'R155', undefined, names],
  ['any host', 'name server', 'tcp', 53, 'names, long answers', 'R155', undefined, names],
  ['any host', 'time server', 'udp', 123, 'time', 'R155', undefined, clock],
  ['any host', 'address server', 'udp', 67, 'renewing the address (DHCP)', 'R155', undefined, address],
  ['any host', 'address server', 'udp', 547, 'renewing the address (DHCPv6)', 'R155', undefined, address],
])

/**
 * Whose programs alone answer at the ports of environments, on the host that has them: systemd's sockets, and PostgreSQL.
 * Every account may bind a port, so a service that fell to somebody could else stand in for a neighbour's.
 */
export const holders: Readonly<Partial<Record<Party, string>>> = {
  presentation: 'root',
  edition: 'root',
  database: 'postgres',
}

/** The requirements of the contract's own matrix. */
export const baseline: readonly string[] = ['R108', 'R109', 'R110', 'R111', 'R112', 'R113']

/** The rows that what is configured adds; they are made of the templates below and of nothing else (C4). */
export function derived(links: readonly Link[]): readonly Derived[] {
  return links.flatMap(link => [...tunnelRows(link), ...serverRows(link), ...userRows(link)])
}

/** What a tunnel itself needs, between its gateway and the declared peer alone. */
const tunnel = [
  ['udp', 500, 'IKE with the declared peer'],
  ['udp', 4500, 'IKE and ESP in UDP with the declared peer'],
  ['esp', 'none', 'ESP with the declared peer'],
] as const

/** What each function of a customer needs of a server of theirs. */
const functions: Readonly<Record<Purpose, readonly [reason: string, rule: string]>> = {
  ldap: ["sign-in is checked by the customer's directory", 'R061'],
  mail: ["mail leaves through the customer's server", 'R063'],
  sso: ["sign-in by the customer's own SSO", 'R062'],
  tickets: ["tickets in the customer's tool", 'R111'],
}

/** The rows of servers that are reached without a VPN (R064): from the hosts of the tenant, to that address alone. */
export function connected(connectors: readonly Connected[]): readonly Derived[] {
  return connectors
    .filter(({users}) => users.length > 0)
    .map(({tenant, name, purpose, address, port, users}): Derived => {
      const [reason, rule] = functions[purpose]
      const whose = {tenant, of: `connector ${tenant}/${name}`, hosts: users, address, reason, rule} as const
      return {...whose, from: 'presentation', to: 'customer server', protocol: 'tcp', port}
    })
}

/** A server of a customer with a name of its own in the Internet. */
export interface Connected {
  readonly tenant: string
  readonly name: string
  readonly purpose: Purpose
  readonly address: string
  readonly port: number
  /** Our hosts that use it. */
  readonly users: readonly string[]
}

function tunnelRows({tenant, site, gateway, peer}: Link): readonly Derived[] {
  if (peer === undefined) return []
  const whose = {tenant, of: `vpn ${tenant}/${site}`, hosts: [gateway], address: peer, rule: 'R092'} as const
  return tunnel.flatMap(([protocol, port, reason]): Derived[] => [
    {...whose, from: 'vpn peer', to: 'gateway', protocol, port, reason},
    {...whose, from: 'gateway', to: 'vpn peer', protocol, port, reason},
  ])
}

function serverRows(link: Link): readonly Derived[] {
  const {tenant, site, gateway, servers, users} = link
  return servers.flatMap(({name, purpose, address, port}): Derived[] => {
    const [reason, rule] = functions[purpose]
    const whose = {tenant, of: `vpn ${tenant}/${site} ${name}`, to: 'customer server', protocol: 'tcp', port} as const
    const used = users.length > 0
    return [
      ...(used
        ? [
            {
              ...whose,
              from: 'presentation',
              hosts: users,
              via: gateway,
              address: seen(link, address),
              reason,
              rule,
            } as const,
          ]
        : []),
      {...whose, from: 'gateway', hosts: [gateway], address, reason: 'whether traffic passes is probed', rule: 'R097'},
    ]
  })
}

/** People come over the Internet alone (R089), unless it was agreed otherwise: then from the networks that were named, to one edge. */
function userRows({tenant, site, gateway, networks, edge}: Link): readonly Derived[] {
  if (edge === undefined) return []
  const whose = {tenant, of: `vpn ${tenant}/${site} users`, hosts: [edge], via: gateway} as const
  const what = {protocol: 'tcp', port: 443, reason: 'users come through the VPN, as agreed', rule: 'R090'} as const
  return networks.map(({network}): Derived => {
    return {...whose, ...what, from: 'vpn user', to: 'presentation', through: 'edge', address: network}
  })
}

type Row = readonly [
  from: Party,
  to: Party,
  protocol: Flow['protocol'],
  port: Flow['port'],
  reason: string,
  rule: string,
  through?: Role | undefined,
  by?: readonly string[],
]

function rows(table: readonly Row[]): readonly Flow[] {
  return table.map(([from, to, protocol, port, reason, rule, through, by]) => ({
    from,
    to,
    ...(through === undefined ? {} : {through}),
    ...(by === undefined ? {} : {by}),
    protocol,
    port,
    reason,
    rule,
  }))
}
