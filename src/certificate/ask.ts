import {lookup as resolve} from 'node:dns'
import {type IncomingMessage, request as overHttp} from 'node:http'
import {request as overHttps} from 'node:https'
import {BlockList, isIP, type LookupFunction} from 'node:net'
import {buffered} from './buffered.ts'
import type {Ask} from './revocation.ts'

const within = 10_000
/** An answer to a question is small; a list of a large authority is not. */
const largest = {answer: 65_536, list: 10 * 1_048_576} as const

/**
 * Asks where a certificate says, which anybody may have written: at most ten seconds, a size, no way to elsewhere, and
 * addresses of the Internet only, beside the networks named here. The address that was judged is the one that is asked.
 */
export function askOverHttp({also = []}: {readonly also?: readonly string[]} = {}): Ask {
  const open = networks(also)
  return async (url, body) => {
    const {protocol, hostname} = new URL(url)
    const literal = hostname.replace(/^\[|\]$/g, '')
    if (isIP(literal) !== 0) assertOpen(literal, open)
    const request = protocol === 'https:' ? overHttps : overHttp
    const signal = AbortSignal.timeout(within)
    const headers = body ? {'content-type': body.type, 'content-length': body.bytes.length} : {}
    const method = body ? 'POST' : 'GET'
    const answer = await new Promise<IncomingMessage>((resolve, reject) => {
      const asked = request(url, {method, headers, signal, agent: false, lookup: judged(open)}, resolve)
      asked.once('error', reject)
      asked.end(body?.bytes)
    })
    if (answer.statusCode !== 200) {
      answer.destroy()
      throw new Error(`it answered ${answer.statusCode}`)
    }
    return buffered(answer, body ? largest.answer : largest.list)
  }
}

/** The networks that may be asked beside the Internet, as the environment has them. */
export function alsoAsked(env: NodeJS.ProcessEnv): readonly string[] {
  return (env.SELFHELP_RESPONDER_NETWORKS ?? '').split(',').filter(part => part !== '')
}

/** Not of the Internet: our own machines, hosts beside us, and what leads there (RFC 6890). */
const inside = networks([
  ...['0.0.0.0/8', '10.0.0.0/8', '100.64.0.0/10', '127.0.0.0/8', '169.254.0.0/16', '172.16.0.0/12', '192.0.0.0/24'],
  ...['192.0.2.0/24', '192.168.0.0/16', '198.18.0.0/15', '198.51.100.0/24', '203.0.113.0/24', '224.0.0.0/3'],
  ...['::/96', '::ffff:0:0/96', '64:ff9b::/96', '64:ff9b:1::/48', '100::/64', '2001::/23', '2001:db8::/32'],
  ...['2002::/16', 'fc00::/7', 'fe80::/10', 'fec0::/10', 'ff00::/8'],
])

function networks(names: readonly string[]): BlockList {
  const list = new BlockList()
  for (const name of names) {
    const [address = '', bits] = name.split('/')
    const six = isIP(address) === 6
    list.addSubnet(address, Number(bits ?? (six ? 128 : 32)), six ? 'ipv6' : 'ipv4')
  }
  return list
}

function assertOpen(address: string, open: BlockList): void {
  const family = isIP(address) === 6 ? 'ipv6' : 'ipv4'
  if (open.check(address, family) || !inside.check(address, family)) return
  throw new Error(`${address} is no address of the Internet, and none of SELFHELP_RESPONDER_NETWORKS`)
}

/** Every address a name has must be open: one that is not shows what the name is for. */
function judged(open: BlockList): LookupFunction {
  return (hostname, options, done) => {
    resolve(hostname, {...options, all: true}, (error, addresses) => {
      if (error) return done(error, '', 0)
      try {
        for (const {address} of addresses) assertOpen(address, open)
      } catch (refused) {
        return done(refused as NodeJS.ErrnoException, '', 0)
      }
      if (options.all) return (done as (error: null, all: typeof addresses) => void)(null, addresses)
      const [first] = addresses
      return done(null, first?.address ?? '', first?.family ?? 0)
    })
  }
}
