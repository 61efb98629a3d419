import type {EnvironmentName, Locale, Topology} from '../contract/model.ts'
import type {EnvironmentRow} from '../ledger/environment.ts'
import type {Fields} from '../terminal/view.ts'
import type {Hostnames} from './name.ts'

/** R115–R124: set up by us, then by the customer or a partner, then in service. */
export type Phase = 'installation' | 'implementation' | 'production'

/** Roles that make an environment answer. */
export const environmentRoles = ['edge', 'presentation', 'edition', 'database'] as const
/** And the one that keeps what must outlive it. */
export type EnvironmentRole = (typeof environmentRoles)[number] | 'repository'

/** Why a part of an environment stands on that host (R015). */
export interface Placed {
  readonly role: EnvironmentRole
  readonly host: string
  readonly reason: string
  /** Of the host; the ledger knows it once it is recorded. */
  readonly address?: string
}

/** Ports on a host, allotted in the ledger. */
export interface Ports {
  readonly database: number
  readonly presentation: number
  readonly edition: number
}

/** A name that a customer brought along. */
export interface Domain {
  readonly hostname: string
  readonly face: 'presentation' | 'edition'
  /** It has a certificate. */
  readonly served: boolean
}

/** Everything a machine's wanted state is made from; ids and ports come from the ledger and never change. */
export interface Environment {
  readonly id: string
  readonly tenant: string
  readonly legalName: string
  readonly locale: Locale
  /** IANA: the zone that times are shown in. */
  readonly timeZone: string
  readonly name: EnvironmentName
  readonly phase: Phase
  readonly version: string
  readonly topology: Topology
  readonly hostnames: Hostnames
  /** Names the customer brought along (R027). */
  readonly domains: readonly Domain[]
  readonly placed: readonly Placed[]
  readonly ports: Ports
  /** Where its names answer: the address of its edge. */
  readonly address: string
  /** Its WAL goes to a repository, from the moment its activation begins. */
  readonly archived?: boolean
  /** Of which environment and moment (RFC 3339) its content is, where it is a copy. */
  readonly copy?: {readonly of: string; readonly at: string; readonly neutralised: boolean} | undefined
  /** What every page says ahead of a migration, and until when (R149). */
  readonly banner?: (Readonly<Record<Locale, string>> & {readonly until: string}) | undefined
  /** The version a migration brings it to, while one is on its way. */
  readonly coming?: {readonly version: string; readonly migration: string; readonly state: string} | undefined
}

/** What the runtime lets in; `until` is enforced by the runtime itself. */
export interface RuntimeState {
  readonly mode: 'open' | 'read-only' | 'closed'
  readonly until?: string
  /** Shown on every page, in the language of the reader. */
  readonly banner?: Readonly<Record<Locale, string>>
  /** Nothing leaves it. */
  readonly neutralised: boolean
  readonly copy?: {readonly of: string; readonly at: string}
}

/**
 * During the installation nobody of the customer gets in (R117); a copy says what it is, and calls nobody (R139). A banner
 * is shown until its end, and is nobody's business afterwards.
 */
export function stateIn({phase, copy, banner}: Pick<Environment, 'phase' | 'copy' | 'banner'>): RuntimeState {
  const of =
    copy === undefined ? {neutralised: false} : {neutralised: copy.neutralised, copy: {of: copy.of, at: copy.at}}
  if (phase === 'installation') return {mode: 'closed', ...of}
  if (!banner) return {mode: 'open', ...of}
  const {until, ...texts} = banner
  return {mode: 'open', until, banner: texts, ...of}
}

/** The host of a role; each role of a `single` environment is on the same one, its own edge among others. */
export function hostOf(environment: Pick<Environment, 'placed'>, role: EnvironmentRole): string {
  const hosts = hostsOf(environment, role)
  const own = environment.placed.find(placed => placed.role === 'presentation')?.host
  const found = hosts.find(host => host === own) ?? hosts[0]
  if (found === undefined) throw new RangeError(`no host has the role ${role}`)
  return found
}

/** Where people are sent: the customer's own name once it is served, else ours (R027). */
export function addressed(environment: Pick<Environment, 'hostnames' | 'domains'>): Hostnames {
  const first = (face: Domain['face']) => originsOf(environment, face)[0] ?? environment.hostnames[face]
  return {presentation: first('presentation'), edition: first('edition')}
}

/** Every name a face is served under, the one people are sent to first. */
export function originsOf(
  {hostnames, domains}: Pick<Environment, 'hostnames' | 'domains'>,
  face: Domain['face'],
): readonly string[] {
  const own = domains.filter(domain => domain.face === face && domain.served)
  return [...own.map(({hostname}) => hostname), hostnames[face]]
}

/** Every host of a role: an environment has edges beside its own where a site has fronts. */
export function hostsOf({placed}: Pick<Environment, 'placed'>, role: EnvironmentRole): readonly string[] {
  return placed.filter(one => one.role === role).map(({host}) => host)
}

/** Where one of its hosts is reached by the others. */
export function addressOf({placed}: Pick<Environment, 'placed'>, host: string): string {
  const found = placed.find(one => one.host === host)?.address
  if (found === undefined) throw new RangeError(`the ledger knows no address of ${host}`)
  return found
}

/** `acme/production` */
export function fullName({tenant, name}: Pick<Environment, 'tenant' | 'name'>): string {
  return `${tenant}/${name}`
}

/** What the ledger keeps, as what it is: only we wrote it. */
export function asEnvironment(row: EnvironmentRow): Environment {
  return row as unknown as Environment
}

/** An environment as commands answer with it. */
export interface EnvironmentShown {
  readonly name: string
  readonly id: string
  readonly phase: string
  readonly version: string
  /** The version a migration is to bring it to, and how far that is. */
  readonly coming?: Environment['coming']
  readonly topology: string
  readonly url: string
  readonly editionUrl: string
  readonly address: string
  readonly caFile: string
  /** One line that works from any directory, with the CA checked. */
  readonly curl: string
  readonly hosts: readonly {readonly role: string; readonly host: string; readonly reason: string}[]
}

/** An environment with the line that proves it from anywhere. */
export function shownEnvironment(environment: Environment, caFile: string): EnvironmentShown {
  const {id, phase, version, coming, topology, hostnames, address, placed} = environment
  const people = addressed(environment)
  const ours = `https://${hostnames.presentation}/`
  return {
    name: fullName(environment),
    id,
    phase,
    version,
    ...(coming ? {coming} : {}),
    topology,
    url: `https://${people.presentation}/`,
    editionUrl: `https://${people.edition}/`,
    address,
    caFile,
    curl: `curl --cacert ${caFile} --resolve ${hostnames.presentation}:443:${bracketed(address)} ${ours}`,
    hosts: placed.map(({role, host, reason}) => ({role, host, reason})),
  }
}

function bracketed(address: string): string {
  return address.includes(':') ? `[${address}]` : address
}

/** One environment, property by property. */
export function environmentFields(shown: EnvironmentShown): Fields {
  const {name, id, phase, url, editionUrl, address, curl, hosts} = shown
  return {
    fields: {
      environment: name,
      'on hosts as': id,
      phase: {text: phase, tone: phase === 'installation' ? 'warn' : 'good'},
      version: versionWords(shown),
      url,
      edition: editionUrl,
      address,
      hosts: [...new Set(hosts.map(({host}) => host))].join(', '),
      because: hosts[0]?.reason,
      'try it': curl,
    },
  }
}

/** The version it runs, and the one it is on its way to. */
export function versionWords({version, coming}: Pick<EnvironmentShown, 'version' | 'coming'>): string {
  return coming ? `${version} → ${coming.version} (${coming.state}, ${coming.migration})` : version
}
