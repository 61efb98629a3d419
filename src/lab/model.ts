/** A lab of real Debian hosts on one machine: its shape, names and addresses. Pure. */

/** Names are short because Linux allows 15 characters for a network interface. */
export interface LabHost {
  /** `<site>-<n>` */
  readonly name: string
  readonly site: string
  /** Counts from 1 within its site. */
  readonly number: number
  /** `ssh-ed25519 AAAA…`, made fresh for this host. */
  readonly hostKey: string
  readonly machineId: string
}

export interface LabSite {
  readonly name: string
  /** Third octet of its network, from 1. */
  readonly number: number
}

/** What is kept in `lab.json`; everything else is derived from it or observed. */
export interface Lab {
  readonly format: 1
  readonly name: string
  /** The lab's networks are `10.<octet>.<site>.0/24` and `fd5e:1f:<octet>:<site>::/64`. */
  readonly octet: number
  /** Path of the base image its hosts are made from. */
  readonly image: string
  /** Bytes of each host's own disk; without it, hosts share the machine's. */
  readonly disk?: number
  readonly sites: readonly LabSite[]
  readonly hosts: readonly LabHost[]
}

/** How many hosts a site shall have. */
export interface SiteCount {
  readonly name: string
  readonly count: number
}

export const defaultSites: readonly SiteCount[] = [
  {name: 'north', count: 2},
  {name: 'south', count: 1},
]

export const labName = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/
const outsideNumber = 254

export interface Network {
  /** The machine's side: a bridge, or the near end of a pair. */
  readonly link: string
  readonly gateway: string
  readonly gateway6: string
  readonly mac: string
}

export interface Seat extends Network {
  /** The network namespace's name under /run/netns. */
  readonly netns: string
  readonly address: string
  readonly address6: string
  /** The machine's end of the pair that leads into the namespace. */
  readonly port: string
}

/** Prefix of every network interface of the lab with this octet. */
export const linkPrefix = (octet: number): string => `shl${octet}`

/** Name of the lab's nftables table. */
export const tableName = (lab: Pick<Lab, 'name'>): string => `selfhelp_lab_${lab.name.replaceAll('-', '_')}`

/** The network of a site: the machine's address in it is the control plane's. */
export function siteNetwork(octet: number, site: number): Network {
  return {
    link: `${linkPrefix(octet)}s${site}`,
    gateway: `10.${octet}.${site}.1`,
    gateway6: `fd5e:1f:${octet.toString(16)}:${site.toString(16)}::1`,
    mac: macOf(octet, site, 1),
  }
}

/** Where a host sits: the same addresses and MAC each time, so that nobody keeps a stale neighbour entry. */
export function hostSeat(
  lab: Pick<Lab, 'name' | 'octet' | 'sites'>,
  host: Pick<LabHost, 'site' | 'number' | 'name'>,
): Seat {
  const site = lab.sites.find(each => each.name === host.site)?.number ?? 0
  const last = host.number + 10
  return {
    ...siteNetwork(lab.octet, site),
    netns: `selfhelp-${lab.name}-${host.name}`,
    address: `10.${lab.octet}.${site}.${last}`,
    address6: `fd5e:1f:${lab.octet.toString(16)}:${site.toString(16)}::${last.toString(16)}`,
    mac: macOf(lab.octet, site, last),
    port: `${linkPrefix(lab.octet)}s${site}h${host.number}`,
  }
}

/** What the Internet sees: a namespace in a network of its own, with no key to any host. */
export function outsideSeat(lab: Pick<Lab, 'name' | 'octet'>): Seat {
  const network = siteNetwork(lab.octet, outsideNumber)
  return {
    ...network,
    netns: `selfhelp-${lab.name}-outside`,
    address: `10.${lab.octet}.${outsideNumber}.2`,
    address6: `fd5e:1f:${lab.octet.toString(16)}:${outsideNumber.toString(16)}::2`,
    mac: macOf(lab.octet, outsideNumber, 2),
    port: `${linkPrefix(lab.octet)}out`,
  }
}

/** The sites and host names that a lab has when these counts are wanted too: nothing is taken away, order is kept. */
export function grow(lab: Pick<Lab, 'sites' | 'hosts'>, wanted: readonly SiteCount[]): GrowResult {
  const sites = [...lab.sites]
  const missing: Pick<LabHost, 'name' | 'site' | 'number'>[] = []
  for (const {name, count} of wanted) {
    if (!sites.some(site => site.name === name)) sites.push({name, number: sites.length + 1})
    for (let number = 1; number <= count; number += 1) {
      const host = `${name}-${number}`
      if (!lab.hosts.some(each => each.name === host)) missing.push({name: host, site: name, number})
    }
  }
  return {sites, missing}
}

export interface GrowResult {
  readonly sites: readonly LabSite[]
  readonly missing: readonly Pick<LabHost, 'name' | 'site' | 'number'>[]
}

/** The first octet that no lab and no route of the machine uses; undefined when all are taken. */
export function freeOctet(labs: readonly number[], routes: readonly string[]): number | undefined {
  const taken = new Set(labs)
  for (const route of routes) {
    const [, octet, length = '32'] = /^10\.(\d+)\.\d+\.\d+(?:\/(\d+))?$/.exec(route) ?? []
    // A route to all of 10/8 leaves no choice; the lab's own routes are more specific.
    if (octet === undefined || Number(length) <= 8) continue
    const span = 2 ** Math.max(0, 16 - Number(length))
    for (let each = 0; each < span; each += 1) taken.add(Number(octet) + each)
  }
  for (let octet = 77; octet < 250; octet += 1) if (!taken.has(octet)) return octet
  return undefined
}

/** Bytes of `4G`, `512M`; undefined when it is not a size. */
export function parseSize(text: string): number | undefined {
  const match = /^(\d+)([MGT])$/.exec(text)
  if (!match) return undefined
  return Number(match[1]) * 1024 ** {M: 2, G: 3, T: 4}[match[2] as 'M' | 'G' | 'T']
}

/** `north=2` read as a site with two hosts; undefined when it is something else. */
export function parseSiteCount(text: string): SiteCount | undefined {
  const match = /^([a-z][a-z0-9]{0,11})=(\d{1,2})$/.exec(text)
  const count = Number(match?.[2])
  return match && count >= 1 && count <= 60 ? {name: match[1] as string, count} : undefined
}

function macOf(octet: number, site: number, host: number): string {
  return ['02', '5e', '1f', ...[octet, site, host].map(part => part.toString(16).padStart(2, '0'))].join(':')
}
