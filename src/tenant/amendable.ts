import type {Temporal} from 'temporal-polyfill'
import {type Contract, subscribed, unbuildable} from '../contract/model.ts'
import {type Environment, environmentRoles} from '../environment/model.ts'
import {Refusal} from '../error.ts'
import {type Objection, residencyObjections, type Site, siteObjections} from '../site/model.ts'

/** A tenant as it stands, and the contract it is to have. */
export interface Amending {
  readonly before: Contract
  readonly after: Contract
  readonly environments: readonly Environment[]
  readonly sites: readonly Site[]
  /** On which site each host stands. */
  readonly siteOf: ReadonlyMap<string, string>
  /** Today. */
  readonly on: Temporal.PlainDate
}

/** Throws `Refusal('contract-fixed')` with everything that cannot change while the tenant stands as it does. */
export function refuseFixed(amending: Amending): void {
  const objections = [
    ...otherName(amending),
    ...environmentsThatStand(amending),
    ...topologies(amending),
    ...placesThatStand(amending),
    ...newSites(amending),
  ]
  if (objections.length === 0) return
  const {tenant} = amending.before
  const list = objections.map(({what, rule}) => `${what} (${rule})`).join('; ')
  throw new Refusal('contract-fixed', `The contract of ${tenant} cannot become that: ${list}. Nothing was changed.`, {
    facts: {tenant, objections},
    remedies: [...new Set(objections.map(({remedy}) => remedy))],
  })
}

function otherName({before, after}: Amending): readonly Objection[] {
  if (before.tenant === after.tenant) return []
  const what = `the file is the contract of ${after.tenant}, and a label never changes`
  return [{rule: 'R009', what, remedy: `Write tenant: ${before.tenant} in the file.`}]
}

function environmentsThatStand({before, after, environments}: Amending): readonly Objection[] {
  const subscribes = new Set(subscribed(after))
  return environments
    .filter(({name}) => !subscribes.has(name))
    .map(({name}) => ({
      rule: 'R037',
      what: `${name} would not be subscribed any more, but it stands`,
      remedy: `Leave environments.${name} in the contract; what stands goes with its tenant: selfhelp tenant remove ${before.tenant}`,
    }))
}

function topologies({after, environments}: Amending): readonly Objection[] {
  const later = unbuildable(after).map(name => ({
    rule: 'R008',
    what: `${name} would be ${after.environments[name]?.topology}, and this version builds single only`,
    remedy: `Write environments.${name}: {topology: single}.`,
  }))
  const other = environments.filter(({name, topology}) => {
    const wanted = after.environments[name]?.topology
    return wanted === 'single' && wanted !== topology
  })
  const fixed = other.map(({name, topology}) => ({
    rule: 'R008',
    what: `${name} stands as ${topology}`,
    remedy: `Write environments.${name}: {topology: ${topology}}.`,
  }))
  return [...later, ...fixed]
}

/** Where something stands already, the contract must go on allowing it (R246). */
function placesThatStand(amending: Amending): readonly Objection[] {
  const {after, environments, siteOf, sites} = amending
  if (!movesPlaces(amending)) return []
  const used = environments.flatMap(({name, placed}) => {
    const serving = placed.find(({role}) => environmentRoles.some(one => one === role))
    const site = serving && siteOf.get(serving.host)
    if (site === undefined || site === after.sites.primary) return []
    const what = `${name} stands on ${serving?.host} of site ${site}, which would not be the primary any more`
    return [{rule: 'R246', what, remedy: `Write sites.primary: ${site}.`}]
  })
  const site = (name: string | undefined) => sites.find(one => one.name === name)
  const repositories = environments
    .flatMap(({placed}) => placed.filter(({role}) => role === 'repository'))
    .map(({host}) => siteOf.get(host))
  const kept = [...new Set(repositories)].flatMap(name =>
    residencyObjections(after.residency, {primary: homeOf(after), repository: site(name)}),
  )
  return [...used, ...kept]
}

/** Only the repository is asked about; any allowed country will do for the rest. */
function homeOf({residency}: Contract): Site {
  return {name: '', country: residency[0] ?? '', tier: '4', iso27001: '', soc2: ''}
}

function newSites(amending: Amending): readonly Objection[] {
  const {before, after, sites, on} = amending
  if (!movesPlaces(amending)) return []
  const {primary, secondary} = after.sites
  const named = [primary, secondary].filter(name => name !== undefined)
  const unknown = named.filter(name => !sites.some(site => site.name === name))
  const missing = unknown.map(name => ({
    rule: 'R246',
    what: `there is no site ${name}`,
    remedy: 'Take a name of: selfhelp site list',
  }))
  const site = (name: string | undefined) => sites.find(one => one.name === name)
  const old = new Set([before.sites.primary, before.sites.secondary])
  const fresh = named.filter(name => !old.has(name)).flatMap(name => site(name) ?? [])
  const residence = {primary: site(primary) ?? homeOf(after), secondary: site(secondary)}
  return [
    ...missing,
    ...fresh.flatMap(one => siteObjections(one, on)),
    ...residencyObjections(after.residency, residence),
  ]
}

function movesPlaces({before, after}: Amending): boolean {
  const places = ({sites, residency}: Contract) => [sites.primary, sites.secondary, [...residency].sort()].join()
  return places(before) !== places(after)
}
