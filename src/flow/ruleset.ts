import {isIPv6} from 'node:net'
import type {Configured} from './configured.ts'
import {type Flow, type Party, type Role, roles, type Seat, type Surroundings} from './model.ts'
import {askers, flows, holders} from './table.ts'
import {type Through, tableOf, through} from './through.ts'

/** What a firewall is rendered from: one host, its fellows, and who is around them. */
export interface Neighbourhood {
  readonly host: Seat
  /** All hosts in service; the host itself may be among them. */
  readonly fleet: readonly Seat[]
  readonly around: Surroundings
  readonly table?: readonly Flow[]
  /** What is configured besides the table: links to customers. */
  readonly more?: Configured
}

/** The host's whole nftables ruleset, IPv4 and IPv6: what the table allows, and nothing else (R114, R155). */
export function ruleset({host, fleet, around, table = flows, more}: Neighbourhood): string {
  const others = fleet.filter(seat => seat.name !== host.name).sort((a, b) => (a.name < b.name ? -1 : 1))
  const place = (party: Party) => placeOf(party, others, around)
  const heard = table.filter(flow => opens(flow, host))
  const begun = table.filter(flow => flow.from === 'any host' || host.roles.some(role => role === flow.from))
  const inward = heard.flatMap(flow => rules('saddr', place(flow.from), {flow, around}))
  const outward = begun.flatMap(flow => rules('daddr', place(flow.through ?? flow.to), {flow, around}))
  const named = new Set([...heard.map(({from}) => from), ...begun.map(({through, to}) => through ?? to)])
  const sets = [...named].sort().flatMap(party => setsOf(place(party)))
  const held = table.flatMap(flow => (opens(flow, host) ? [...heldPort(flow), ...begunBy(flow, host)] : []))
  const pings = at(
    'saddr',
    {addresses: around.controlPlane},
    {ip: 'icmp type echo-request', ip6: 'icmpv6 type echo-request'},
  )
  const links = through(host, fleet, more)
  const lines = {held: [...new Set(held)], inward: [...pings, ...inward], outward}
  return text(lines, {...links, sets: [...sets, ...links.sets]})
}

/** Addresses at an end of flows; those of a role have a set, so that a host is named once and not in every rule. */
interface Place {
  readonly addresses: readonly string[]
  readonly set?: Role
}

function placeOf(party: Party, others: readonly Seat[], around: Surroundings): Place | undefined {
  const addresses = addressesOf(party, others, around)
  const role = roles.find(each => each === party)
  return addresses && {addresses, ...(role ? {set: role} : {})}
}

function setsOf(place: Place | undefined): readonly string[] {
  const {addresses = [], set} = place ?? {}
  if (set === undefined) return []
  return families.flatMap(family => {
    const elements = ofFamily(addresses, family)
    const type = family === 'ip' ? 'ipv4_addr' : 'ipv6_addr'
    return elements === '' ? [] : [`  set ${set}_${family} {\n    type ${type}\n    elements = { ${elements} }\n  }`]
  })
}

/** Anywhere (`undefined`), or exactly these addresses; none means that nobody is at that end of the flow. */
function addressesOf(party: Party, others: readonly Seat[], around: Surroundings): readonly string[] | undefined {
  switch (party) {
    case 'anyone':
    case 'package archive':
    case 'name server':
    case 'time server':
    case 'address server':
      return undefined
    case 'control plane':
      return around.controlPlane
    case 'service engine':
      return around.serviceEngine ?? []
    case 'service apps':
      return around.serviceApps ?? []
    case 'vpn peer':
    case 'vpn user':
    case 'customer server':
      return []
    case 'any host':
      return others.flatMap(seat => seat.addresses)
    default:
      return others.filter(seat => seat.roles.includes(party)).flatMap(seat => seat.addresses)
  }
}

function opens(flow: Flow, host: Seat): boolean {
  const door = flow.through ?? flow.to
  return door === 'any host' || host.roles.some(role => role === door)
}

/** The answer that opens a connection comes from the socket that listens: of anybody else it is dropped, on loopback too. */
function heldPort({to, port}: Flow): string[] {
  const holder = holders[to]
  if (holder === undefined || typeof port !== 'object') return []
  const answers = `tcp sport ${port.join('-')} tcp flags & (syn | ack) == syn | ack`
  return [`${answers} meta skuid != ${holder} counter drop comment "only ${holder} answers as ${to} (R012)"`]
}

/** Neighbours on one host: what only some programs may begin from elsewhere, no other begins on the host itself. */
function begunBy({from, to, by, port, rule}: Flow, host: Seat): string[] {
  if (by === undefined || typeof port !== 'object') return []
  const accounts = ['root', ...(host.roles.some(role => role === from) ? by : [])].join(', ')
  const match = `oif "lo" tcp dport ${port.join('-')} ct state new meta skuid != { ${accounts} }`
  return [`${match} counter drop comment "only ${from} begins ${to} (${rule})"`]
}

function rules(
  end: End,
  place: Place | undefined,
  {flow, around}: {readonly flow: Flow; readonly around: Surroundings},
): string[] {
  const port = portOf(flow, around)
  const by = flow.by?.filter(account => !askers.includes(account) || around.accounts.includes(account))
  if (port === undefined || by?.length === 0) return []
  const whose = end === 'daddr' && by ? `meta skuid { ${by.join(', ')} } ` : ''
  const match = `${whose}${flow.protocol} dport ${port}`
  const comment = `comment "${flow.from} to ${flow.to}: ${flow.reason} (${flow.rule})"`
  if (place === undefined) return [`${match} accept ${comment}`]
  return at(end, place, {ip: match, ip6: match}).map(rule => `${rule} ${comment}`)
}

/** In the words of nftables; none when nothing was measured. */
function portOf({port}: Flow, {packagePorts}: Surroundings): string | undefined {
  if (port === 'none') return undefined
  if (typeof port === 'number') return `${port}`
  if (port !== 'as measured') return port.join('-')
  return packagePorts.length === 0 ? undefined : `{ ${packagePorts.join(', ')} }`
}

type End = 'saddr' | 'daddr'

/** One rule per address family that has an address at all. */
function at(end: End, {addresses, set}: Place, match: Record<Family, string>): string[] {
  return families.flatMap(family => {
    const elements = ofFamily(addresses, family)
    const whom = set === undefined ? `{ ${elements} }` : `@${set}_${family}`
    return elements === '' ? [] : [`${family} ${end} ${whom} ${match[family]} accept`]
  })
}

const families = ['ip', 'ip6'] as const
type Family = (typeof families)[number]

const ofFamily = (addresses: readonly string[], family: Family): string =>
  [...new Set(addresses.filter(address => familyOf(address) === family))].sort().join(', ')

const familyOf = (address: string): Family => (isIPv6(address.split('/')[0] ?? '') ? 'ip6' : 'ip')

interface Lines {
  readonly held: readonly string[]
  readonly inward: readonly string[]
  readonly outward: readonly string[]
}

/** Errors about reachability and talk of neighbours are no flows: without them IPv6 and large packets do not work. */
function text({held, inward, outward}: Lines, more: Through): string {
  const lines = (rules: readonly string[]) => rules.map(rule => `    ${rule}\n`).join('')
  return `#!/usr/sbin/nft -f
# Kept by selfhelp: rendered from its table of flows.
flush ruleset

table inet selfhelp {
${tableOf(more)}  chain input {
    type filter hook input priority filter; policy drop;
    iif "lo" accept
    ct state established,related accept
    ct state invalid drop
    icmp type { destination-unreachable, time-exceeded, parameter-problem } accept
    icmpv6 type { destination-unreachable, packet-too-big, time-exceeded, parameter-problem } accept
    ip6 hoplimit 255 icmpv6 type { nd-router-advert, nd-neighbor-solicit, nd-neighbor-advert } accept
${lines([...inward, ...more.input])}    counter drop comment "nothing else (R114)"
  }

  chain forward {
    type filter hook forward priority filter; policy drop;
${lines(more.forward)}  }

  chain output {
    type filter hook output priority filter; policy drop;
${lines(held)}    oif "lo" accept
    ct state established,related accept
    icmp type { destination-unreachable, time-exceeded, parameter-problem, echo-request } accept
    icmpv6 type { destination-unreachable, packet-too-big, time-exceeded, parameter-problem, echo-request } accept
    icmpv6 type { nd-router-solicit, nd-neighbor-solicit, nd-neighbor-advert, mld2-listener-report } accept
${lines([...outward, ...more.output])}    counter drop comment "nothing else (R114)"
  }
}
`
}
