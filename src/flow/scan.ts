import {isIPv6} from 'node:net'
import {Failure} from '../error.ts'
import type {RunThere} from './points.ts'

/** Where services that talk UDP are usually found; all ports of it would take hours. */
const usualUdp: readonly number[] = [
  ...[53, 67, 68, 69, 111, 123, 137, 138, 161, 162, 389, 500, 514, 520, 547, 623, 853, 1194, 1434, 1701, 1812, 1813],
  ...[1900, 2049, 3478, 4500, 5060, 5353, 11211, 33434, 51820],
]

/** How many ports of each address a scan asks. */
export const portsScanned: number = 65_535 + usualUdp.length

/** Something that was heard from a port, or from several that are alike; what a firewall drops is silent. */
export interface Heard {
  readonly address: string
  readonly protocol: 'tcp' | 'udp'
  /** `443`, or `1-79,81`. */
  readonly ports: string
  /** In nmap's words: `open`, `closed` (let through, nobody listens), `unfiltered`. */
  readonly state: string
}

export interface Scanning {
  readonly addresses: readonly string[]
  /** Packets in a second, for each address family. */
  readonly rate: number
}

/** Every TCP port and the usual UDP ports of these addresses, as seen from there. Throws `Failure('probe-failed')`. */
export async function scanFrom(run: RunThere, {addresses, rate}: Scanning): Promise<readonly Heard[]> {
  const families = [addresses.filter(each => !isIPv6(each)), addresses.filter(each => isIPv6(each))]
  const found = await Promise.all(families.map(family => (family.length === 0 ? [] : scanned(run, family, rate))))
  return found.flat()
}

async function scanned(run: RunThere, addresses: readonly string[], rate: number): Promise<readonly Heard[]> {
  const pace = ['--min-rate', `${rate}`, '--max-rate', `${rate}`, '--max-retries', '1']
  const ports = ['-sS', '-sU', '-p', `T:1-65535,U:${usualUdp.join(',')}`]
  const six = isIPv6(addresses[0] ?? '') ? ['-6'] : []
  const {exit, out, err} = await run(['nmap', ...six, '-n', '-Pn', ...ports, ...pace, '-oX', '-', ...addresses])
  const heard = exit === 0 ? heardIn(out) : undefined
  if (heard && addresses.every(each => heard.scanned.has(each))) return heard.items
  throw new Failure(
    'probe-failed',
    `The scan from outside did not end well: ${err.trim().slice(0, 200) || `exit ${exit}`}.`,
    {
      remedies: [
        'At the probe point, as root: apt-get install nmap',
        'Or leave the scan out: selfhelp flow verify --quick',
      ],
    },
  )
}

/** What nmap's XML says was heard. */
export function heardIn(xml: string): {readonly scanned: ReadonlySet<string>; readonly items: readonly Heard[]} {
  const hosts = xml
    .split('<host ')
    .slice(1)
    .map(text => ({text, address: addressIn(text)}))
  return {scanned: new Set(hosts.map(({address}) => address)), items: hosts.flatMap(heardOf)}
}

const addressIn = (text: string): string => /<address addr="([^"]+)" addrtype="ipv[46]"/.exec(text)?.[1] ?? ''

function heardOf({text, address}: {text: string; address: string}): readonly Heard[] {
  const single = [...text.matchAll(/<port protocol="(tcp|udp)" portid="(\d+)"><state state="([^"]+)"/g)]
  const told = single.map(([, protocol, ports, state]) => heard(address, [protocol, ports, state]))
  const alike = [...text.matchAll(/<extraports state="([^"]+)" count="\d+">(.*?)<\/extraports>/gs)]
  const many = alike.flatMap(([, state, reasons = '']) =>
    [...reasons.matchAll(/proto="(tcp|udp)" ports="([^"]+)"/g)].map(([, protocol, ports]) =>
      heard(address, [protocol, ports, state]),
    ),
  )
  return [...told, ...many].filter(({state}) => !silent.has(state))
}

/** No answer; of UDP nobody can say more. */
const silent = new Set(['filtered', 'open|filtered'])

function heard(address: string, [protocol, ports = '', state = '']: readonly (string | undefined)[]): Heard {
  return {address, protocol: protocol === 'udp' ? 'udp' : 'tcp', ports, state}
}
