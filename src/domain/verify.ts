import {Resolver} from 'node:dns/promises'
import {addressOf, type Environment, hostsOf} from '../environment/model.ts'

/** What DNS says of a name. */
export interface Seen {
  readonly verified: boolean
  /** In a sentence. */
  readonly found: string
}

/** Asks DNS whether a name leads to us: by its alias, or by the addresses of its edges. */
export async function verified(
  name: string,
  environment: Environment,
  {face, server}: {face: 'presentation' | 'edition'; server: string | undefined},
): Promise<Seen> {
  const resolver = new Resolver({timeout: 3_000, tries: 2})
  if (server !== undefined) resolver.setServers([server])
  const alias = (await answers(() => resolver.resolveCname(name)))[0]?.replace(/\.$/, '').toLowerCase()
  if (alias === environment.hostnames[face]) return {verified: true, found: `${name} is an alias of ${alias}`}
  const [four, six] = await Promise.all([
    answers(() => resolver.resolve4(name)),
    answers(() => resolver.resolve6(name)),
  ])
  const addresses = [...four, ...six]
  const ours = hostsOf(environment, 'edge').map(host => addressOf(environment, host))
  const all = addresses.length > 0 && addresses.every(address => ours.includes(address))
  if (alias !== undefined) return {verified: false, found: `${name} is an alias of ${alias}`}
  if (addresses.length === 0) return {verified: false, found: `${name} has no record yet`}
  return {verified: all, found: `${name} has the address ${addresses.join(', ')}`}
}

/** No answer is none, whatever the reason: what counts is what everybody sees. */
async function answers(ask: () => Promise<readonly string[]>): Promise<readonly string[]> {
  return ask().catch(() => [])
}
