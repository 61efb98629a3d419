import {Refusal} from '../error.ts'
import {type EnvironmentRow, environmentsOf} from '../ledger/environment.ts'
import {type HostRow, hosts} from '../ledger/host.ts'
import type {Queries} from '../ledger/ledger.ts'
import {configured} from './configured.ts'
import type {Derived, Flow, Party} from './model.ts'
import {baseline, flows} from './table.ts'

/** One line of the matrix. */
export interface Line {
  /** Of the contract (R108–R113), of the platform itself, or of what is configured for a customer (C4). */
  readonly kind: 'baseline' | 'platform' | 'derived'
  readonly from: End
  readonly to: End
  readonly protocol: Flow['protocol']
  /** `443`, `20000-23999`; for ESP `–`. */
  readonly port: string
  readonly reason: string
  readonly rule: string
  /** `vpn acme/north directory`, for a derived row. */
  readonly of?: string
}

export interface End {
  readonly party: Party
  /** Hosts of ours by name, or addresses; empty where it is anybody, or nobody yet. */
  readonly who: readonly string[]
}

export interface Matrix {
  /** `acme/production`; none for the whole platform. */
  readonly environment?: string
  readonly items: readonly Line[]
}

/** Everything that may talk to anything, with its reason; what has no line here is refused (R114). Throws `Refusal('not-found')`. */
export async function flowMatrix(ledger: Queries, named?: string): Promise<Matrix> {
  const [fleet, more] = await Promise.all([hosts(ledger), configured(ledger)])
  const standing = fleet.filter(host => host.retiredAt === undefined)
  if (named === undefined) {
    const of = (party: Party) => standing.filter(({roles}) => roles.includes(party)).map(({name}) => name)
    return {items: [...flows.map(flow => line(flow, of)), ...more.rows.map(derivedLine)]}
  }
  const environment = await environmentOf(ledger, named)
  const of = placesOf(environment, standing)
  const own = flows.map(flow => line(flow, of, environment.ports))
  const derived = more.rows.filter(({tenant}) => tenant === environment.tenant).map(derivedLine)
  return {environment: named, items: [...own, ...derived]}
}

async function environmentOf(ledger: Queries, named: string): Promise<EnvironmentRow> {
  const [tenant = '', name] = named.split('/')
  const found = (await environmentsOf(ledger, tenant)).find(each => each.name === name)
  if (found) return found
  throw new Refusal('not-found', `There is no environment ${named}.`, {remedies: ['selfhelp environment list']})
}

/** The hosts an environment stands on, with the gateways of its tenant; without one, every host in service. */
export async function hostsOf(ledger: Queries, named?: string): Promise<readonly string[]> {
  const standing = (await hosts(ledger)).filter(host => host.retiredAt === undefined)
  if (named === undefined) return standing.map(({name}) => name)
  const {tenant, placed} = await environmentOf(ledger, named)
  const {links} = await configured(ledger)
  const gateways = links.filter(link => link.tenant === tenant).map(({gateway}) => gateway)
  return [...new Set([...placed.map(({host}) => host), ...gateways])]
}

/** The hosts of a role of this environment; roles that serve every environment are where they are. */
function placesOf({placed}: EnvironmentRow, standing: readonly HostRow[]): (party: Party) => readonly string[] {
  return party => {
    const own = [...new Set(placed.filter(({role}) => role === party).map(({host}) => host))]
    return own.length > 0 ? own : standing.filter(({roles}) => roles.includes(party)).map(({name}) => name)
  }
}

function line(flow: Flow, of: (party: Party) => readonly string[], ports?: Readonly<Record<string, number>>): Line {
  const {from, to, through, protocol, reason, rule} = flow
  const kind = baseline.includes(rule) && flow.port === 443 ? 'baseline' : 'platform'
  const to_ = {party: to, who: of(through ?? to)}
  return {kind, from: {party: from, who: of(from)}, to: to_, protocol, port: portText(flow, ports?.[to]), reason, rule}
}

function derivedLine(row: Derived): Line {
  const {from, to, protocol, reason, rule, of, hosts: ours, address} = row
  const ourEnd = (party: Party) => party === 'gateway' || party === 'presentation'
  const end = (party: Party, inward: boolean): End => ({party, who: ourEnd(party) && !inward ? ours : [address]})
  const inward = from === 'vpn peer' || from === 'vpn user'
  const ends = inward
    ? {from: {party: from, who: [address]}, to: {party: to, who: ours}}
    : {from: end(from, false), to: end(to, true)}
  return {kind: 'derived', ...ends, protocol, port: portText(row), reason, rule, of}
}

/** A range of the platform is one port in one environment. */
function portText({port}: Flow, own?: number): string {
  if (port === 'none') return '–'
  if (port === 'as measured') return 'as measured'
  if (typeof port === 'number') return `${port}`
  return own === undefined ? port.join('-') : `${own}`
}
