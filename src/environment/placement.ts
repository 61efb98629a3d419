import type {Temporal} from 'temporal-polyfill'
import type {Contract, EnvironmentName} from '../contract/model.ts'
import {Refusal} from '../error.ts'
import {type Objection, residencyObjections, type Site, siteObjections} from '../site/model.ts'
import {type EnvironmentRole, environmentRoles, type Placed} from './model.ts'

/** A host as placement sees it: what it may do, what it has, what it already carries. */
export interface Candidate {
  readonly name: string
  readonly site: string
  readonly roles: readonly string[]
  /** Unknown until its facts were gathered; then nothing is said about room. */
  readonly memoryMegabytes?: number | undefined
  /** Free when it was adopted, before anything of ours was on it. */
  readonly diskFreeMegabytes?: number | undefined
  readonly environments: number
  /** Ports for each purpose that nobody has there; undefined where nobody counts them. */
  readonly portsFree?: number | undefined
}

export interface PlacementQuestion {
  readonly contract: Contract
  readonly environments: readonly EnvironmentName[]
  /** `--host ROLE=NAME` */
  readonly asked: Readonly<Partial<Record<EnvironmentRole, string>>>
  readonly sites: readonly Site[]
  readonly hosts: readonly Candidate[]
  readonly on: Temporal.PlainDate
}

/** What one environment needs of a host: its cluster, its two services and room to grow. */
const need = {memoryMegabytes: 384, diskMegabytes: 512} as const
/** What a host keeps for itself. */
const kept = {memoryMegabytes: 512, diskMegabytes: 512} as const

/**
 * Where each environment goes, and the constraint behind each choice (R015).
 * Throws `Refusal('placement-refused')` with every objection at once (R243–R246, R020).
 */
export function place(question: PlacementQuestion): ReadonlyMap<EnvironmentName, readonly Placed[]> {
  const objections = [...siteChecks(question), ...askedChecks(question)]
  if (objections.length > 0) throw refused(objections)
  const placed = new Map<EnvironmentName, readonly Placed[]>()
  const repository = chooseRepository(question)
  let hosts = question.hosts
  for (const name of question.environments) {
    const {host, reason} = choose({...question, hosts})
    placed.set(name, [...environmentRoles.map(role => ({role, host, reason})), ...fronts(question), ...repository])
    hosts = hosts.map(other => (other.name === host ? withOneMore(other) : other))
  }
  return placed
}

function withOneMore(host: Candidate): Candidate {
  const {environments, portsFree} = host
  return {...host, environments: environments + 1, portsFree: portsFree === undefined ? undefined : portsFree - 1}
}

function siteChecks({contract, sites, hosts, asked, on}: PlacementQuestion): readonly Objection[] {
  const {primary, secondary} = contract.sites
  const unknown = [primary, secondary].filter(name => name !== undefined && !sites.some(site => site.name === name))
  if (unknown.length > 0) {
    return unknown.map(name => ({
      rule: 'R246',
      what: `there is no site ${name}`,
      remedy: `selfhelp site add ${name} …`,
    }))
  }
  const site = (name: string | undefined) => sites.find(one => one.name === name)
  const repository = site(hosts.find(({name}) => name === asked.repository)?.site)
  const used = [site(primary), site(secondary)].filter(one => one !== undefined)
  const residence = {primary: site(primary) as Site, secondary: site(secondary), repository}
  return [...used.flatMap(one => siteObjections(one, on)), ...residencyObjections(contract.residency, residence)]
}

function askedChecks({contract, hosts, asked}: PlacementQuestion): readonly Objection[] {
  const objections = Object.entries(asked).flatMap(([role, name]) => {
    const host = hosts.find(one => one.name === name)
    const remedy = 'selfhelp host list'
    if (host === undefined) return [{rule: 'R015', what: `there is no host ${name}`, remedy}]
    if (!host.roles.includes(role)) return [{rule: 'R015', what: `${name} does not have the role ${role}`, remedy}]
    if (role === 'repository' || host.site === contract.sites.primary) return []
    const what = `${name} is on site ${host.site}, the contract's primary site is ${contract.sites.primary}`
    return [{rule: 'R246', what, remedy}]
  })
  const named = new Set(environmentRoles.map(role => asked[role]).filter(name => name !== undefined))
  if (named.size < 2) return objections
  const what = `topology single puts all functions on one machine, but ${[...named].join(' and ')} were named`
  return [...objections, {rule: 'R020', what, remedy: 'Name the same host for every role.'}]
}

function choose(question: PlacementQuestion): {host: string; reason: string} {
  const {contract, hosts, asked} = question
  const named = environmentRoles.map(role => asked[role]).find(name => name !== undefined)
  const site = contract.sites.primary
  const able = hosts.filter(host => host.site === site && environmentRoles.every(role => host.roles.includes(role)))
  const roomy = able.filter(host => hasRoom(host))
  const chosen = roomy
    .filter(host => named === undefined || host.name === named)
    .sort((a, b) => a.environments - b.environments || (a.name < b.name ? -1 : 1))[0]
  if (chosen === undefined) throw refused([noHost(able, site, named)])
  const single = 'all functions on one machine (R020)'
  const where = `site ${site} is the contract's primary, in a country it allows (R246)`
  const load = `${chosen.environments} environments, room for more: ${roomLeft(chosen)}`
  const why = named ? `named by --host (${load})` : `least loaded of ${roomy.length} with room there (${load})`
  return {host: chosen.name, reason: `${single}; ${where}; ${why}`}
}

/** Hosts that are edges and nothing behind them serve every environment whose contract names their site. */
function fronts({contract, hosts}: PlacementQuestion): readonly Placed[] {
  const sites = [contract.sites.primary, contract.sites.secondary]
  return hosts
    .filter(({roles, site}) => roles.includes('edge') && !roles.includes('presentation') && sites.includes(site))
    .map(({name, site}) => ({
      role: 'edge',
      host: name,
      reason: `a front of site ${site}, which the contract names (R246)`,
    }))
}

/** Backups and farewells lie where residency allows, on another site than the primary if there is one (R246); none before there is one. */
function chooseRepository({contract, hosts, sites, asked}: PlacementQuestion): readonly Placed[] {
  const allowed = new Set(sites.filter(({country}) => contract.residency.includes(country)).map(({name}) => name))
  const all = hosts.filter(({roles}) => roles.includes('repository'))
  if (all.length === 0) return []
  const away = (site: string) => (site === contract.sites.primary ? 1 : 0)
  const chosen = all
    .filter(({name, site}) => (asked.repository === undefined ? allowed.has(site) : name === asked.repository))
    .sort((a, b) => away(a.site) - away(b.site) || a.environments - b.environments || (a.name < b.name ? -1 : 1))[0]
  if (chosen === undefined) throw refused([noRepository(contract)])
  const why = asked.repository === undefined ? 'away from the primary site if possible' : 'named by --host'
  return [{role: 'repository', host: chosen.name, reason: `in a country the contract allows (R246); ${why}`}]
}

function noRepository({residency}: Contract): Objection {
  const what = `no repository host stands in ${residency.join(' or ')}, where the contract allows backups`
  return {rule: 'R246', what, remedy: `selfhelp host add … --role repository on a site in ${residency.join(' or ')}`}
}

/** What is left on a host once this many environments are on it; undefined where nothing is known. */
function left({memoryMegabytes, diskFreeMegabytes, portsFree, environments}: Candidate, more = 0) {
  const after = (known: number | undefined, keeps: number, each: number) =>
    known === undefined ? undefined : known - keeps - each * (environments + more)
  return {
    'MB of memory': after(memoryMegabytes, kept.memoryMegabytes, need.memoryMegabytes),
    'MB of disk': after(diskFreeMegabytes, kept.diskMegabytes, need.diskMegabytes),
    ports: portsFree === undefined ? undefined : portsFree - more,
  }
}

/** True when one more environment fits into what is known of the host. */
function hasRoom(host: Candidate): boolean {
  return Object.values(left(host, 1)).every(rest => rest === undefined || rest >= 0)
}

/** `5248 MB of memory, 8100 MB of disk, 3999 ports` */
function roomLeft(host: Candidate): string {
  const known = Object.entries(left(host)).filter(([, rest]) => rest !== undefined)
  return known.map(([what, rest]) => `${Math.max(0, rest ?? 0)} ${what}`).join(', ') || 'its room was never measured'
}

function noHost(able: readonly Candidate[], site: string, named: string | undefined): Objection {
  const full = able.map(host => `${host.name} (${host.environments} environments; ${roomLeft(host)})`).join(', ')
  const needs = `${need.memoryMegabytes} MB of memory, ${need.diskMegabytes} MB of disk and its ports`
  if (able.length === 0) {
    const what = `no host of site ${site} has all of the roles ${environmentRoles.join(', ')}`
    return {
      rule: 'R015',
      what,
      remedy: `selfhelp host add … --site ${site} --role ${environmentRoles.join(' --role ')}`,
    }
  }
  const what = named
    ? `${named} lacks a role or has no room for ${needs}: ${full}`
    : `no host of site ${site} has room for ${needs}: ${full}`
  return {rule: 'R015', what, remedy: `Add a host to site ${site}, or remove what is no longer needed.`}
}

function refused(objections: readonly Objection[]): Refusal {
  const list = objections.map(({what, rule}) => `${what} (${rule})`).join('; ')
  return new Refusal('placement-refused', `It cannot be placed: ${list}. Nothing was changed.`, {
    facts: {objections},
    remedies: [...new Set(objections.map(({remedy}) => remedy))],
  })
}
