import type {Link} from './model.ts'
import {holds, type Network, network, networkText} from './network.ts'

/** The range our side renames customers' networks into. */
export const renamed: Network = network('100.96.0.0/11')

/** The addresses we appear under in a tunnel, IPv4 and IPv6; RFC 6598 leaves the first to operators like us. */
export function innerOf(number: number): readonly [string, string] {
  return [addressAt('100.64.0.0/16', number), addressAt('fd5e:1f:ffff::/112', number)]
}

/** How our side calls an address of theirs. */
export function seen({networks}: Pick<Link, 'networks'>, address: string): string {
  const real = network(address)
  for (const each of networks) {
    const theirs = network(each.network)
    if (each.seenAs === undefined || !holds(theirs, real)) continue
    return networkText({...real, first: network(each.seenAs).first + (real.first - theirs.first)})
  }
  return address
}

function addressAt(range: string, number: number): string {
  const {family, first} = network(range)
  return networkText({family, first: first + BigInt(number), length: family === 4 ? 32 : 128})
}
