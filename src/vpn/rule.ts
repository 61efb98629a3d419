import {type Checked, mapping, spanning} from '../contract/steps.ts'
import {holds, type Network, networkText, overlap, parseNetwork, renamed, reserved} from '../flow/steps.ts'

import {kilobitsOfUsers} from './size.ts'

/** Larger blocks are nobody's servers: a selector of the whole Internet would take everything into the tunnel. */
const shortest = {4: 8, 6: 32} as const
const mostNetworks = 32

/** What an IPsec VPN needs a private line must not have, and the other way round. */
export function typeHasItsFields({value, issues}: Checked): void {
  const spec = mapping(value)
  if (spec.type !== 'ipsec' && spec.type !== 'private-line') return
  const [needs, foreign] =
    spec.type === 'ipsec' ? [['peer', 'authentication'], ['line']] : [['line'], ['peer', 'authentication']]
  for (const field of needs)
    if (spec[field] === undefined)
      issues.push(spanning([field], `\`${field}\`, which ${spec.type} needs; it is missing`, `Add \`${field}\`.`))
  for (const field of foreign)
    if (spec[field] !== undefined)
      issues.push(
        spanning([field], `no \`${field}\` with ${spec.type}`, `Take \`${field}\` away, or correct \`type\`.`),
      )
  const {method, ca, crl} = mapping(spec.authentication)
  if (method === 'their-certificate' && ca === undefined)
    issues.push(
      spanning(
        ['authentication', 'ca'],
        "the customer's authority, because of their-certificate; it is missing",
        'Add `ca`.',
      ),
    )
  if (method !== 'their-certificate' && (ca ?? crl) !== undefined)
    issues.push(
      spanning(
        ['authentication'],
        `no \`ca\` or \`crl\` with ${String(method)}`,
        'Take it away, or write method: their-certificate.',
      ),
    )
}

/** Each network is one, is large enough, is nobody's reserved block, and overlaps no other of the list. */
export function networksStand({value, issues}: Checked): void {
  const list = listOf(mapping(value).networks)
  if (list.length > mostNetworks) return
  const parsed = list.map((each, at) => {
    const {network, seenAs} = mapping(each)
    const real = checked(network, ['networks', at, 'network'], issues)
    if (real) acceptable(real, ['networks', at, 'network'], issues)
    const seen = seenAs === undefined ? undefined : checked(seenAs, ['networks', at, 'seenAs'], issues)
    if (real && seen) renamedWell(real, seen, {at, issues})
    return real
  })
  parsed.forEach((one, at) => {
    const other = one && parsed.slice(0, at).find(before => before && overlap(before, one))
    if (one && other)
      issues.push(
        spanning(
          ['networks', at, 'network'],
          `a network apart from ${networkText(other)} above it`,
          'Keep the larger of the two.',
        ),
      )
  })
}

/** The device is no address that nobody has, and does not lie in the tunnel it makes. */
export function peerStandsOutside({value, issues}: Checked): void {
  const spec = mapping(value)
  for (const path of [
    ['peer', 'address'],
    ['line', 'nextHop'],
  ] as const) {
    const address = addressOf(mapping(spec[path[0]])[path[1]])
    if (address === undefined) continue
    const block = reserved.find(each => !each.name.startsWith('documentation') && holds(each.network, address))
    if (block)
      issues.push(
        spanning(
          [...path],
          `an address of a device, not of ${networkText(block.network)} (${block.name})`,
          'Write the address that answers.',
        ),
      )
    const around = networksOf(spec).find(each => holds(each, address))
    if (around && path[0] === 'peer')
      issues.push(
        spanning(
          [...path],
          `an address outside the tunnel's own ${networkText(around)}`,
          'Name the networks behind the device only.',
        ),
      )
  }
}

/** Each server lies in a network of the list, and has a name of its own. */
export function serversStand({value, issues}: Checked): void {
  const spec = mapping(value)
  const networks = networksOf(spec)
  const servers = listOf(spec.servers).map(mapping)
  servers.slice(0, 64).forEach(({name, address}, at) => {
    const where = addressOf(address)
    if (where && networks.length > 0 && !networks.some(each => holds(each, where)))
      issues.push(
        spanning(
          ['servers', at, 'address'],
          `an address in ${networks.map(networkText).join(' or ')}`,
          'Correct it, or add its network.',
        ),
      )
    if (typeof name === 'string' && servers.findIndex(other => other.name === name) < at)
      issues.push(
        spanning(['servers', at, 'name'], 'a name no other server has', 'Give each server a name of its own.'),
      )
  })
}

/** Users come through the VPN only where it is wide enough for them (R089, R090). */
export function usersFit({value, issues}: Checked): void {
  const {users, kilobitsPerSecond} = mapping(value)
  const {concurrent, pageKilobytes} = mapping(users)
  if (typeof concurrent !== 'number' || typeof pageKilobytes !== 'number' || typeof kilobitsPerSecond !== 'number')
    return
  const needed = kilobitsOfUsers({concurrent, pageKilobytes})
  if (kilobitsPerSecond < needed)
    issues.push(
      spanning(
        ['kilobitsPerSecond'],
        `${needed} or more: ${concurrent} users at once with pages of ${pageKilobytes} kB (R090)`,
        'Declare a wider link, or take `users` away: users come over the Internet.',
      ),
    )
}

type Issues = Checked['issues']

function checked(text: unknown, path: PropertyKey[], issues: Issues): Network | undefined {
  if (typeof text !== 'string' || text.length < 2 || text.length > 64) return undefined
  const parsed = parseNetwork(text)
  if (!('fault' in parsed)) return parsed
  issues.push(spanning(path, `a network; ${parsed.fault}`, 'Write it as in 10.20.0.0/16.'))
  return undefined
}

function acceptable(network: Network, path: PropertyKey[], issues: Issues): void {
  if (network.length < shortest[network.family])
    issues.push(
      spanning(
        path,
        `a prefix of /${shortest[network.family]} or longer, not /${network.length}`,
        'Name the networks the servers are in.',
      ),
    )
  const block = reserved.find(each => overlap(each.network, network))
  if (block)
    issues.push(
      spanning(
        path,
        `a network apart from ${networkText(block.network)} (${block.name})`,
        'Ask the customer how their servers are really numbered.',
      ),
    )
}

function renamedWell(real: Network, seen: Network, {at, issues}: {at: number; issues: Issues}): void {
  const path = ['networks', at, 'seenAs']
  if (real.family !== seen.family || real.length !== seen.length)
    issues.push(spanning(path, `a network as large as ${networkText(real)}`, `Write one with /${real.length}.`))
  else if (!holds(renamed, seen))
    issues.push(spanning(path, `a network in ${networkText(renamed)}`, 'Take what `selfhelp vpn add` offers.'))
}

function networksOf(spec: Record<string, unknown>): readonly Network[] {
  const list = listOf(spec.networks)
  if (list.length > mostNetworks) return []
  return list.flatMap(each => addressOf(mapping(each).network) ?? [])
}

function addressOf(text: unknown): Network | undefined {
  const parsed = typeof text === 'string' ? parseNetwork(text) : undefined
  return parsed && !('fault' in parsed) ? parsed : undefined
}

const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [])
