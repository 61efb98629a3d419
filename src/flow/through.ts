import {isIPv6} from 'node:net'
import type {Configured} from './configured.ts'
import type {Derived, Link, Seat} from './model.ts'

/** What configured rows add to one host's ruleset: named sets, and one rule for each, however many rows there are. */
export interface Through {
  readonly sets: readonly string[]
  readonly input: readonly string[]
  readonly output: readonly string[]
  readonly forward: readonly string[]
  /** Whole chains: how packets to customers get our address in the tunnel, and theirs their real one. */
  readonly chains: readonly string[]
}

const nothing: Through = {sets: [], input: [], output: [], forward: [], chains: []}
const families = ['ip', 'ip6'] as const
type Family = (typeof families)[number]

/** The rules of the configured rows that begin, end or pass at this host. */
export function through(host: Seat, fleet: readonly Seat[], more: Configured | undefined): Through {
  if (!more) return nothing
  const own = more.rows.filter(row => row.hosts.includes(host.name))
  const passing = more.rows.filter(
    row => row.to === 'customer server' && row.via === host.name && row.hosts.some(name => name !== host.name),
  )
  const links = more.links.filter(link => link.gateway === host.name)
  const people = peopleCome(links, fleet)
  const parts = [
    ...ends(
      'in',
      own.filter(row => row.to === 'gateway'),
    ),
    ...ends(
      'out',
      own.filter(row => row.to !== 'gateway' && row.from !== 'vpn user'),
    ),
    ...passes(host, fleet, passing),
  ]
  const rulesOf = (where: Part['where']) => parts.flatMap(part => (part.where === where ? [part.rule] : []))
  const forward = [
    'ct state established,related accept',
    'ct state invalid drop',
    ...(passing.length > 0 ? ['meta mark 1-65000 accept comment "functions to customers\' servers (R114)"'] : []),
    ...(people ? [`meta mark ${marked} accept comment "users through their VPN, as agreed (R090)"`] : []),
    'counter drop comment "nothing else (R114)"',
  ]
  return {
    sets: [...parts.map(part => part.set), ...(people?.sets ?? [])],
    input: rulesOf('in'),
    output: rulesOf('out'),
    forward: passing.length === 0 && !people ? [] : forward,
    chains: [...renaming(links, rulesOf('through')), ...(people?.chains ?? [])],
  }
}

/** What packets of people are marked with on their way to an edge; links have numbers below. */
const marked = 65_535

/**
 * People who come through a tunnel ask for our address in it, and get to the edge: from the networks that were agreed and
 * nobody else. The edge sees the gateway's address, so that its answers come back this way.
 */
function peopleCome(links: readonly Link[], fleet: readonly Seat[]): Pick<Through, 'sets' | 'chains'> | undefined {
  const parts = families.flatMap((family, at) => {
    const doors = links.flatMap(({edge, inner, networks}) => {
      const theirs = networks.filter(({network}) => familyOf(network) === family)
      const reached = fleet.find(({name}) => name === edge)?.addresses.find(each => isAt(each, family))
      return reached === undefined || theirs.length === 0 ? [] : [{inner: inner[at] ?? '', reached, theirs}]
    })
    if (doors.length === 0) return []
    const name = `people_${family}`
    const elements = doors.flatMap(({inner, theirs}) => theirs.map(({network}) => `${network} . ${inner}`))
    const map = braces(doors.map(({inner, reached}) => `${inner} : ${reached}`))
    return [
      {
        // Of networks, not only of addresses.
        set: set(name, [address(family), address(family)], elements).replace(
          '\n    elements',
          '\n    flags interval\n    elements',
        ),
        mark: `${family} saddr . ${family} daddr @${name} tcp dport 443 meta mark set ${marked}`,
        lead: `meta mark ${marked} dnat ${family} to ${family} daddr map ${map}`,
      },
    ]
  })
  if (parts.length === 0) return undefined
  return {
    sets: parts.map(each => each.set),
    chains: [
      chain(
        'mark_people',
        'type filter hook prerouting priority mangle',
        parts.map(each => each.mark),
      ),
      chain(
        'lead_people',
        'type nat hook prerouting priority dstnat',
        parts.map(each => each.lead),
      ),
      chain('hide_people', 'type nat hook postrouting priority srcnat', [`meta mark ${marked} masquerade`]),
    ],
  }
}

/** Of a link alone (`fe80`) nobody is reached from elsewhere. */
const isAt = (address: string, family: Family): boolean => familyOf(address) === family && !address.startsWith('fe80')

/** As text, before the chains everybody has. */
export function tableOf({sets, chains}: Through): string {
  return [...sets, ...chains].map(each => `${each}\n\n`).join('')
}

interface Part {
  readonly where: 'in' | 'out' | 'through'
  readonly set: string
  readonly rule: string
}

/** Rows that end at this host or begin there: the other end and the port, in a set for each protocol and family. */
function ends(where: 'in' | 'out', rows: readonly Derived[]): readonly Part[] {
  return families.flatMap(family =>
    (['tcp', 'udp', 'esp'] as const).flatMap((protocol): Part[] => {
      const found = rows.filter(row => row.protocol === protocol && familyOf(row.address) === family)
      return found.length === 0 ? [] : [endPart(where, {family, protocol}, found)]
    }),
  )
}

function endPart(
  where: 'in' | 'out',
  {family, protocol}: {family: Family; protocol: Derived['protocol']},
  rows: readonly Derived[],
): Part {
  const end = where === 'in' ? 'saddr' : 'daddr'
  const name = `${where}_${protocol}_${family}`
  const accept = `@${name} accept comment "declared peers and servers (R114)"`
  if (protocol === 'esp') {
    const addresses = rows.map(row => row.address)
    return {where, set: set(name, [address(family)], addresses), rule: `meta l4proto esp ${family} ${end} ${accept}`}
  }
  const elements = rows.map(row => `${row.address} . ${row.port}`)
  const rule = `${family} ${end} . ${protocol} dport ${accept}`
  return {where, set: set(name, [address(family), 'inet_service'], elements), rule}
}

/**
 * Rows that pass through this host: who, to what address as they call it, on which port. Asked before anything is
 * renamed; who is let pass is marked there, and the mark is what forwarding lets through.
 */
function passes(host: Seat, fleet: readonly Seat[], rows: readonly Derived[]): readonly Part[] {
  const others = fleet.filter(seat => seat.name !== host.name)
  return families.flatMap((family): Part[] => {
    const elements = rows
      .filter(row => familyOf(row.address) === family)
      .flatMap(row => {
        const sources = others.filter(seat => row.hosts.includes(seat.name)).flatMap(seat => seat.addresses)
        return sources.filter(each => familyOf(each) === family).map(each => `${each} . ${row.address} . ${row.port}`)
      })
    if (elements.length === 0) return []
    const name = `through_tcp_${family}`
    const rule = `${family} saddr . ${family} daddr . tcp dport @${name}`
    return [{where: 'through', set: set(name, [address(family), address(family), 'inet_service'], elements), rule}]
  })
}

/**
 * The number of its link marks a packet by the network it was sent to; the mark then gives it our address in that
 * tunnel. So two customers may number their networks alike, as long as our side calls them differently.
 */
function renaming(links: readonly Link[], letPass: readonly string[]): readonly string[] {
  if (links.length === 0) return []
  const networks = links.flatMap(link => link.networks.map(each => ({...each, link})))
  const of = (family: Family) => networks.filter(each => familyOf(each.network) === family)
  const marks = families.flatMap(family => {
    const elements = of(family).map(({network, seenAs, link}) => `${seenAs ?? network} : ${link.number}`)
    return elements.length === 0 ? [] : [`meta mark set ${family} daddr map ${braces(elements)}`]
  })
  const passing = marks.flatMap(mark => {
    const [family = ''] = /ip6? (?=daddr)/.exec(mark) ?? []
    return letPass.filter(rule => rule.startsWith(family)).map(rule => `${rule} ${mark}`)
  })
  const renamed = of('ip').flatMap(({network, seenAs}) => (seenAs === undefined ? [] : [`${seenAs} : ${network}`]))
  const real = renamed.length === 0 ? [] : [`dnat ip prefix to ip daddr map ${braces(renamed)}`]
  const ours = families.flatMap((family, at) => {
    const used = [...new Set(of(family).map(({link}) => link))]
    const map = braces(used.map(link => `${link.number} : ${link.inner[at]}`))
    const protocol = family === 'ip' ? 'ipv4' : 'ipv6'
    return used.length === 0 ? [] : [`meta nfproto ${protocol} snat ${family} to meta mark map ${map}`]
  })
  const renames = [
    chain('rename_passing', 'type nat hook prerouting priority dstnat', real),
    chain('rename_own', 'type nat hook output priority -100', real),
  ]
  return [
    chain('mark_passing', 'type filter hook prerouting priority mangle', passing),
    chain('mark_own', 'type route hook output priority mangle', marks),
    ...(real.length === 0 ? [] : renames),
    chain('our_address', 'type nat hook postrouting priority srcnat', ours),
  ]
}

function set(name: string, types: readonly string[], elements: readonly string[]): string {
  const sorted = [...new Set(elements)].sort()
  return `  set ${name} {\n    type ${types.join(' . ')}\n    elements = ${braces(sorted)}\n  }`
}

function chain(name: string, hook: string, rules: readonly string[]): string {
  return `  chain ${name} {\n    ${hook}; policy accept;\n${rules.map(rule => `    ${rule}\n`).join('')}  }`
}

function braces(elements: readonly string[]): string {
  if (elements.length < 3) return `{ ${elements.join(', ')} }`
  return `{\n${elements.map(each => `      ${each},\n`).join('')}    }`
}

const address = (family: Family): string => (family === 'ip' ? 'ipv4_addr' : 'ipv6_addr')

const familyOf = (text: string): Family => (isIPv6(text.split('/')[0] ?? '') ? 'ip6' : 'ip')
