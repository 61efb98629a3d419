import {isIPv4, isIPv6} from 'node:net'

/** A block of addresses; an address alone is a block of its whole length. */
export interface Network {
  readonly family: 4 | 6
  /** The first address as a number. */
  readonly first: bigint
  readonly length: number
}

/** The network in this text, canonical or not at all: no leading zeros, zones, bits after the prefix or IPv4 in IPv6. */
export function parseNetwork(text: string): Network | {readonly fault: string} {
  const [, address = '', bits] = /^([0-9a-f:.]{2,45})(?:\/(0|[1-9]\d{0,2}))?$/i.exec(text) ?? []
  const family = isIPv4(address) ? 4 : isIPv6(address) ? 6 : undefined
  if (family === undefined) return {fault: 'it is neither an address nor a network'}
  const width = widthOf(family)
  const length = bits === undefined ? width : Number(bits)
  if (length > width) return {fault: `its prefix is longer than /${width}`}
  const first = family === 4 ? number4(address) : number6(address)
  const hidden = family === 6 && first > 1n && hiding.find(each => holds(each.network, {family, first, length}))
  if (hidden) return {fault: `it is IPv4 inside IPv6 (${hidden.name})`}
  const network = {family, first: (first >> BigInt(width - length)) << BigInt(width - length), length} as const
  if (network.first !== first) return {fault: `bits are set after its prefix; the network is ${networkText(network)}`}
  return network
}

/** The network of a text that was checked before; throws `RangeError` for another. */
export function network(text: string): Network {
  const parsed = parseNetwork(text)
  if ('fault' in parsed) throw new RangeError(`${text}: ${parsed.fault}`)
  return parsed
}

/** True when every address of the second is in the first. */
export function holds(outer: Network, inner: Network): boolean {
  if (outer.family !== inner.family || outer.length > inner.length) return false
  const shift = BigInt(widthOf(outer.family) - outer.length)
  return outer.first >> shift === inner.first >> shift
}

/** True when an address is in both. */
export const overlap = (a: Network, b: Network): boolean => holds(a, b) || holds(b, a)

/** As it is written: `10.20.0.0/16`, `2001:db8::/48`; a single address without its length. */
export function networkText({family, first, length}: Network): string {
  const address = family === 4 ? text4(first) : text6(first)
  return length === widthOf(family) ? address : `${address}/${length}`
}

/** The last address as a number. */
export function lastOf({family, first, length}: Network): bigint {
  return first + (1n << BigInt(widthOf(family) - length)) - 1n
}

/** Blocks nobody may call their own (IANA special-purpose registries, RFC 6890), with what they are for. */
export const reserved: readonly {readonly network: Network; readonly name: string}[] = named([
  ['0.0.0.0/8', 'this network, RFC 791'],
  ['100.64.0.0/10', 'shared address space, RFC 6598; this platform numbers its tunnels from it'],
  ['127.0.0.0/8', 'loopback, RFC 1122'],
  ['169.254.0.0/16', 'link-local, RFC 3927'],
  ['192.0.0.0/24', 'protocol assignments, RFC 6890'],
  ['192.0.2.0/24', 'documentation, RFC 5737'],
  ['192.88.99.0/24', '6to4 relays, RFC 7526'],
  ['198.18.0.0/15', 'benchmarking, RFC 2544'],
  ['198.51.100.0/24', 'documentation, RFC 5737'],
  ['203.0.113.0/24', 'documentation, RFC 5737'],
  ['224.0.0.0/4', 'multicast, RFC 5771'],
  ['240.0.0.0/4', 'reserved and broadcast, RFC 1112'],
  ['::/127', 'unspecified and loopback, RFC 4291'],
  ['100::/64', 'discard, RFC 6666'],
  ['2001:db8::/32', 'documentation, RFC 3849'],
  ['fe80::/10', 'link-local, RFC 4291'],
  ['ff00::/8', 'multicast, RFC 4291'],
])

/** Private blocks: what lies in them is not reached over the Internet (RFC 1918, RFC 4193). */
const privateBlocks = ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', 'fc00::/7'].map(plain)

/** True for an address that the Internet does not carry. */
export function isPrivate(address: Network): boolean {
  return [...privateBlocks, ...reserved.map(each => each.network)].some(block => holds(block, address))
}

const widthOf = (family: 4 | 6): number => (family === 4 ? 32 : 128)

function number4(text: string): bigint {
  return text.split('.').reduce((sum, part) => sum * 256n + BigInt(part), 0n)
}

function number6(text: string): bigint {
  const tail = /^(.*:)(\d+\.\d+\.\d+\.\d+)$/.exec(text)
  const low = tail ? number4(tail[2] ?? '') : 0n
  const plain = tail ? `${tail[1]}${(low >> 16n).toString(16)}:${(low & 0xffffn).toString(16)}` : text
  const [head = '', rest] = plain.split('::')
  const groups = (part: string) => (part === '' ? [] : part.split(':'))
  const [before, after] = [groups(head), groups(rest ?? '')]
  const zeros = Array.from({length: 8 - before.length - after.length}, () => '0')
  return [...before, ...zeros, ...after].reduce((sum, group) => sum * 65_536n + BigInt(`0x${group}`), 0n)
}

function text4(first: bigint): string {
  return [24n, 16n, 8n, 0n].map(shift => `${(first >> shift) & 255n}`).join('.')
}

/** RFC 5952: the longest run of zeros, of two at least, is left out. */
function text6(first: bigint): string {
  const groups = Array.from({length: 8}, (_, at) => ((first >> BigInt(16 * (7 - at))) & 0xffffn).toString(16))
  const runs = [
    ...groups
      .map(group => (group === '0' ? '0' : 'x'))
      .join('')
      .matchAll(/00+/g),
  ]
  const longest = runs.sort((a, b) => b[0].length - a[0].length || a.index - b.index)[0]
  if (longest === undefined) return groups.join(':')
  const [before, after] = [groups.slice(0, longest.index), groups.slice(longest.index + longest[0].length)]
  return `${before.join(':')}::${after.join(':')}`
}

/** RFC 4291 §2.5.5, RFC 6052, RFC 3056, RFC 4380: what a filter of IPv4 addresses would not see. */
const hiding = named([
  ['::/96', 'compatible'],
  ['::ffff:0:0/96', 'mapped'],
  ['::ffff:0:0:0/96', 'translated'],
  ['64:ff9b::/96', 'NAT64'],
  ['64:ff9b:1::/48', 'local NAT64'],
  ['2001::/32', 'Teredo'],
  ['2002::/16', '6to4'],
])

function named(blocks: readonly (readonly [string, string])[]): {network: Network; name: string}[] {
  return blocks.map(([text, name]) => ({network: plain(text), name}))
}

function plain(text: string): Network {
  const [address = '', length = ''] = text.split('/')
  const family = isIPv4(address) ? 4 : 6
  return {family, first: family === 4 ? number4(address) : number6(address), length: Number(length)}
}
