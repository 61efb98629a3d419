import {BlockList, isIP} from 'node:net'

/** What names resolve to; empty where there is nothing. */
export interface Names {
  txt(name: string): Promise<readonly string[]>
  addresses(name: string): Promise<readonly string[]>
  mailServers(name: string): Promise<readonly string[]>
}

/** What a domain says of a server that sends in its name (RFC 7208); `broken` for a record that cannot be followed. */
export type Spf = 'pass' | 'fail' | 'softfail' | 'neutral' | 'none' | 'broken'

const meanings: Readonly<Record<string, Spf>> = {'+': 'pass', '-': 'fail', '~': 'softfail', '?': 'neutral'}
/** RFC 7208 4.6.4. */
const mostLookups = 10

/** Whether a domain lets this address send its mail; macros are not followed. */
export async function spfOf(domain: string, address: string, names: Names): Promise<Spf> {
  const asking = {address, names, left: mostLookups}
  try {
    return await evaluate(domain, asking)
  } catch {
    return 'broken'
  }
}

interface Asking {
  readonly address: string
  readonly names: Names
  left: number
}

async function evaluate(domain: string, asking: Asking): Promise<Spf> {
  const records = (await asking.names.txt(domain)).filter(text => /^v=spf1(?: |$)/i.test(text))
  const [record] = records
  if (record === undefined) return 'none'
  if (records.length > 1) return 'broken'
  const terms = record.split(/ +/).slice(1)
  for (const term of terms) {
    const [, sign = '+', name = '', value = ''] = /^([+?~-]?)([a-z0-9]+)(?:[:/](.*))?$/i.exec(term) ?? []
    if (name !== '' && (await matches(name.toLowerCase(), {value: lengthOf(term, value), domain}, asking)))
      return meanings[sign || '+'] ?? 'neutral'
  }
  const redirect = terms.find(term => term.startsWith('redirect='))?.slice('redirect='.length)
  return redirect === undefined ? 'neutral' : evaluate(looked(redirect, asking), asking)
}

/** `a/24` names no domain: the slash belongs to the length. */
function lengthOf(term: string, value: string): string {
  return /^[+?~-]?[a-z0-9]+\//i.test(term) ? `/${value}` : value
}

async function matches(
  name: string,
  {value, domain}: {value: string; domain: string},
  asking: Asking,
): Promise<boolean> {
  if (name === 'all') return true
  if (name === 'ip4' || name === 'ip6') return within(asking.address, value)
  const [, host = '', length = ''] = /^([^/]*)(\/.*)?$/.exec(value) ?? []
  const target = host || domain
  if (name === 'include') return (await evaluate(looked(target, asking), asking)) === 'pass'
  if (name === 'a') return anyWithin(await asking.names.addresses(looked(target, asking)), length, asking)
  if (name !== 'mx') return false
  const servers = await asking.names.mailServers(looked(target, asking))
  const found = await Promise.all(servers.slice(0, 10).map(server => asking.names.addresses(server)))
  return anyWithin(found.flat(), length, asking)
}

function looked(name: string, asking: Asking): string {
  if (asking.left-- <= 0) throw new RangeError('too many lookups')
  if (name.includes('%')) throw new RangeError('a macro')
  return name
}

function anyWithin(addresses: readonly string[], length: string, {address}: Asking): boolean {
  return addresses.some(each => within(address, `${each}${isIP(each) === 4 ? length.split('//')[0] : ''}`))
}

function within(address: string, network: string): boolean {
  const [base = '', length] = network.split('/')
  const family = isIP(base) === 6 ? 'ipv6' : 'ipv4'
  if (isIP(base) === 0 || isIP(base) !== isIP(address)) return false
  const list = new BlockList()
  list.addSubnet(base, length === undefined || length === '' ? (family === 'ipv6' ? 128 : 32) : Number(length), family)
  return list.check(address, family)
}
