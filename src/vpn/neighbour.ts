import {Refusal} from '../error.ts'
import {lastOf, type Network, network, networkText, overlap, renamed} from '../flow/steps.ts'
import type {Host} from '../host/model.ts'
import {type Spec, type Vpn, vpnName} from './model.ts'

/** A block of addresses that somebody has. */
export interface Taken {
  readonly network: Network
  /** `host north-1`, `the VPN globex/north`. */
  readonly by: string
}

/** What a new VPN meets, and what would settle it. */
export interface Clash {
  readonly network: string
  readonly with: string
  readonly their: string
  /** What our side can call the network instead. */
  readonly seenAs?: string
}

/** The addresses that are ours or other VPNs', as our side sees them. */
export function takenBy(fleet: readonly Host[], others: readonly Vpn[]): readonly Taken[] {
  const hosts = fleet.flatMap(({name, address, facts}) => [
    ...[...new Set([address, ...facts.addresses])].flatMap(text => blockOf(text, `our host ${name}`)),
    ...facts.controlPlane.flatMap(text => blockOf(text, 'our control plane')),
  ])
  const vpns = others.flatMap(({spec}) =>
    seenNetworks(spec).map(each => ({network: each, by: `the VPN ${vpnName(spec)}`})),
  )
  return [...hosts, ...vpns]
}

/** Every network of the specification that somebody else has, with both parties and a way out (NAT). */
export function clashes(spec: Spec, taken: readonly Taken[]): readonly Clash[] {
  const found: Clash[] = []
  const given: Network[] = [...taken.map(each => each.network), ...seenNetworks(spec)]
  for (const {network: real, seenAs} of spec.networks) {
    const seen = network(seenAs ?? real)
    const other = taken.find(each => overlap(each.network, seen))
    if (!other) continue
    const free = seen.family === 4 ? freeBlock(seen.length, given) : undefined
    if (free) given.push(free)
    found.push({
      ...{network: networkText(seen), with: other.by, their: networkText(other.network)},
      ...(free ? {seenAs: networkText(free)} : {}),
    })
  }
  return found
}

/** Throws `Refusal('vpn-overlap')` naming both parties of each overlap, with the NAT that would avoid it. */
export function refuseClashes(spec: Spec, taken: readonly Taken[]): void {
  const found = clashes(spec, taken)
  if (found.length === 0) return
  const lines = found.map(each => `${each.network} of ${spec.tenant} overlaps ${each.their} of ${each.with}`)
  const offered = found.flatMap(({network: real, seenAs}) =>
    seenAs === undefined ? [] : [`Rename it on our side (NAT): - {network: ${real}, seenAs: ${seenAs}}`],
  )
  const first = found.some(each => each.seenAs === undefined)
    ? ['Ask the customer for a smaller network that holds only the servers.']
    : []
  throw new Refusal('vpn-overlap', `The VPN ${vpnName(spec)} cannot be: ${lines.join('; ')}.`, {
    facts: {clashes: found},
    remedies: [...offered, ...first],
  })
}

/** The same device may not be two customers: who comes from it could not be told. */
export function refuseSharedPeer(spec: Spec, others: readonly Vpn[]): void {
  const {peer} = spec
  const other =
    peer && others.find(each => each.spec.peer?.identity === peer.identity && each.spec.tenant !== spec.tenant)
  if (!other) return
  throw new Refusal(
    'vpn-overlap',
    `The identity ${peer.identity} of ${spec.tenant} is that of the VPN ${vpnName(other.spec)} already.`,
    {
      facts: {identity: peer.identity, with: vpnName(other.spec)},
      remedies: ['Agree on another identity with one of the two: it need not be a name of the DNS.'],
    },
  )
}

/** A device may not show a name of ours: its certificate would pass for our gateway's at every other customer. */
export function refuseOurName({tenant, peer}: Spec, domain: string | undefined): void {
  const name = peer?.identity.toLowerCase()
  if (domain === undefined || name === undefined || !(name === domain || name.endsWith(`.${domain}`))) return
  throw new Refusal('vpn-unfit', `The identity ${name} of ${tenant} is a name of ours: all below ${domain} is.`, {
    facts: {identity: name, domain},
    remedies: ["Agree on a name of the customer's, or an address."],
  })
}

const seenNetworks = (spec: Spec): readonly Network[] => spec.networks.map(each => network(each.seenAs ?? each.network))

/** The first block of that size in the range for renaming that meets nothing. */
function freeBlock(length: number, given: readonly Network[]): Network | undefined {
  const step = 1n << BigInt(32 - length)
  const near = given.filter(each => overlap(each, renamed))
  for (let first = renamed.first; first + step - 1n <= lastOf(renamed); ) {
    const block: Network = {family: 4, first, length}
    const other = near.find(each => overlap(each, block))
    if (!other) return block
    const after = lastOf(other) + 1n
    first = after % step === 0n ? after : after + step - (after % step)
  }
  return undefined
}

function blockOf(text: string, by: string): Taken[] {
  const canonical = text.split('%')[0] ?? ''
  try {
    return [{network: network(canonical), by}]
  } catch {
    // A host may have been adopted under a name.
    return []
  }
}
