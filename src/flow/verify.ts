import {isIPv6} from 'node:net'
import type {Derived, Flow, Role, Seat} from './model.ts'

/** A place connections are tried from: a host of ours, or somebody outside. */
export interface Point {
  readonly name: string
  /** None outside. */
  readonly seat?: Seat
  /** Whose programs try; root's when left out. */
  readonly account?: string
  /** Ports on which a host of ours may send to anywhere, because its package sources are there. */
  readonly anywhere?: readonly number[]
  /** Tries all of these at once, and says of each `ADDRESS,PORT` what came of it. */
  dial(targets: readonly string[]): Promise<ReadonlyMap<string, string>>
}

/** A host that connections are tried to. */
export interface Door {
  readonly seat: Seat
  /** Where it listens beyond itself. */
  readonly listening: ReadonlySet<number>
  /** Ports that are allotted to environments there: their neighbours must not get in, whether it listens or not. */
  readonly allotted?: readonly number[]
}

/** One connection that is to pass, or must not. */
export interface Pair {
  readonly from: string
  readonly to: string
  readonly target: string
  /** The row that allows it. */
  readonly rule?: string
  readonly expected: 'passes' | 'refused by a firewall'
}

export interface Verified {
  readonly tried: number
  readonly passed: number
  readonly refused: number
  /** Packets that the hosts' own firewalls say they dropped meanwhile: the second witness. */
  readonly dropped: number
  /** Ports that were scanned from outside. */
  readonly scanned?: number
  readonly items: readonly (Pair & {readonly found: string})[]
}

export interface Verifying {
  readonly points: readonly Point[]
  readonly doors: readonly Door[]
  readonly flows: readonly Flow[]
  readonly derived: readonly Derived[]
  /** How often each connection is tried. */
  readonly times: number
  /** What the firewalls of all hosts have dropped until now. */
  dropped(): Promise<number>
}

/** Tries every pair of a point and a port that anybody listens on, several times; what came out otherwise is an item. */
export async function verifyFlows(given: Verifying): Promise<Verified> {
  const pairs = pairsOf(given)
  const before = await given.dropped()
  const wrong = new Map<string, Pair & {found: string}>()
  for (let time = 0; time < given.times; time++)
    for (const found of (await Promise.all(given.points.map(point => tried(point, pairs)))).flat())
      wrong.set(`${found.from} ${found.target}`, found)
  const dropped = (await given.dropped()) - before
  const refused = pairs.filter(({expected}) => expected !== 'passes').length
  return {tried: pairs.length, passed: pairs.length - refused, refused, dropped, items: [...wrong.values()]}
}

/** A firewall that dropped fewer packets than were refused did not refuse them: something else did. */
export function agrees({items, dropped, refused}: Verified, times: number): boolean {
  return items.length === 0 && dropped >= refused * times
}

/** Every pair there is, with what the table says of it. */
export function pairsOf({
  points,
  doors,
  flows,
  derived,
}: Pick<Verifying, 'points' | 'doors' | 'flows' | 'derived'>): readonly Pair[] {
  const known = doors.flatMap(({listening, allotted = []}) => [...listening, ...allotted])
  const ports = [...new Set([...known, 22, 80, 443, 5432])].sort((a, b) => a - b)
  return points.flatMap(point => [
    ...doors
      .filter(({seat}) => seat.name !== point.seat?.name)
      .flatMap(door =>
        ports.flatMap(port =>
          addresses(door.seat, point).flatMap(address => pair(point, door, {port, address, flows})),
        ),
      ),
    ...onOwnHost(point, doors, flows),
    ...throughTunnels(point, derived),
  ])
}

/**
 * What environments have on the host that a customer's own account is on, neighbours' ports too: only who hands requests
 * on begins those. Their databases are PostgreSQL's to open: it asks for the password.
 */
function onOwnHost({name, seat, account}: Point, doors: readonly Door[], flows: readonly Flow[]): readonly Pair[] {
  const door = doors.find(each => each.seat.name === seat?.name)
  if (door === undefined || account === undefined) return []
  const others = flows.filter(({by, port}) => by && typeof port === 'object' && !by.includes(account))
  const ports = (door.allotted ?? []).filter(port => others.some(flow => holds(flow, port)))
  const about = {from: name, to: door.seat.name, expected: 'refused by a firewall'} as const
  return [...new Set(ports)].flatMap(port =>
    ['127.0.0.1', ...reachable(door.seat)].map(address => ({...about, target: `${address},${port}`})),
  )
}

/** What is allowed and listens passes; what is allowed and does not listen says nothing; all else is refused. */
function pair(
  point: Point,
  {seat, listening}: Door,
  {port, address, flows}: {port: number; address: string; flows: readonly Flow[]},
): readonly Pair[] {
  const row = flows.find(flow => begins(flow, point) && doorOfFlow(flow, seat.roles) && holds(flow, port))
  const about = {from: point.name, to: seat.name, target: `${address},${port}`}
  // To its package sources a host may send anywhere, so also to a door that is open to anyone: neither row forbids it.
  const meets =
    point.anywhere?.includes(port) &&
    flows.some(flow => flow.from === 'anyone' && doorOfFlow(flow, seat.roles) && holds(flow, port))
  if (!row && meets) return []
  if (!row) return [{...about, expected: 'refused by a firewall'}]
  return listening.has(port) ? [{...about, rule: row.rule, expected: 'passes'}] : []
}

/** A server of a customer on its port, and beside it one that nobody ordered. */
function throughTunnels(point: Point, derived: readonly Derived[]): readonly Pair[] {
  const {seat, account} = point
  if (seat === undefined || account !== undefined) return []
  const own = derived.filter(({to, hosts}) => to === 'customer server' && hosts.includes(seat.name))
  return own.flatMap(({address, port, rule, of}): Pair[] => {
    const about = {from: point.name, to: of}
    const beside = own.some(row => row.address === address && row.port === Number(port) + 1)
    return [
      {...about, target: `${address},${port}`, rule, expected: 'passes'},
      ...(beside
        ? []
        : [{...about, target: `${address},${Number(port) + 1}`, expected: 'refused by a firewall'} as const]),
    ]
  })
}

async function tried(point: Point, pairs: readonly Pair[]): Promise<readonly (Pair & {found: string})[]> {
  const own = pairs.filter(({from}) => from === point.name)
  const found = await point.dial(own.map(({target}) => target))
  return own.flatMap(each => {
    const result = found.get(each.target) ?? 'not tried'
    const fine = each.expected === 'passes' ? result === 'passes' : result === 'no-answer' || result === 'forbidden'
    return fine ? [] : [{...each, found: result}]
  })
}

function begins({from, by}: Flow, {seat, account = 'root'}: Point): boolean {
  // A host of ours is not anyone: it sends only what has a row of its own.
  if (seat === undefined) return from === 'anyone'
  return (from === 'any host' || seat.roles.includes(from as Role)) && (by === undefined || by.includes(account))
}

/** True where hosts of these roles open their door for it. */
export function doorOfFlow({to, through}: Flow, roles: readonly Role[]): boolean {
  const door = through ?? to
  return door === 'any host' || roles.includes(door as Role)
}

function holds({protocol, port}: Flow, asked: number): boolean {
  if (protocol !== 'tcp' || typeof port === 'string') return false
  return typeof port === 'number' ? port === asked : asked >= port[0] && asked <= port[1]
}

/** The addresses at which others may reach it: those of one link or of a tunnel lead nowhere from elsewhere. */
export function reachable({addresses}: Seat): readonly string[] {
  return addresses.filter(each => !/^(?:fe80|100\.64\.|fd5e:1f:ffff)/.test(each))
}

/** By IPv4 and IPv6, where the point has both. */
function addresses(seat: Seat, point: Point): readonly string[] {
  const has6 = point.seat === undefined || point.seat.addresses.some(each => isIPv6(each))
  return reachable(seat).filter(each => has6 || !isIPv6(each))
}
