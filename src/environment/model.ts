import type {EnvironmentName, Locale, Topology} from '../contract/model.ts'
import type {EnvironmentRow} from '../ledger/environment.ts'
import type {Hostnames} from './name.ts'

/** R115–R124: set up by us, then by the customer or a partner, then in service. */
export type Phase = 'installation' | 'implementation' | 'production'

/** Roles a host can have for an environment. */
export const environmentRoles = ['edge', 'presentation', 'edition', 'database'] as const
export type EnvironmentRole = (typeof environmentRoles)[number]

/** Why a part of an environment stands on that host (R015). */
export interface Placed {
  readonly role: EnvironmentRole
  readonly host: string
  readonly reason: string
}

/** Ports on a host, allotted in the ledger. */
export interface Ports {
  readonly database: number
  readonly presentation: number
  readonly edition: number
}

/** Everything a machine's wanted state is made from; ids and ports come from the ledger and never change. */
export interface Environment {
  readonly id: string
  readonly tenant: string
  readonly legalName: string
  readonly locale: Locale
  readonly name: EnvironmentName
  readonly phase: Phase
  readonly version: string
  readonly topology: Topology
  readonly hostnames: Hostnames
  readonly placed: readonly Placed[]
  readonly ports: Ports
  /** Where its names answer: the address of its edge. */
  readonly address: string
}

/** What the runtime lets in; `until` is enforced by the runtime itself. */
export interface RuntimeState {
  readonly mode: 'open' | 'read-only' | 'closed'
  readonly until?: string
  readonly neutralised: boolean
}

/** During the installation nobody of the customer gets in (R117). */
export function stateIn(phase: Phase): RuntimeState {
  return {mode: phase === 'installation' ? 'closed' : 'open', neutralised: false}
}

/** The host of a role; each role of a `single` environment is on the same one. */
export function hostOf(environment: Pick<Environment, 'placed'>, role: EnvironmentRole): string {
  const found = environment.placed.find(placed => placed.role === role)
  if (found === undefined) throw new RangeError(`no host has the role ${role}`)
  return found.host
}

/** `acme/production` */
export function fullName({tenant, name}: Pick<Environment, 'tenant' | 'name'>): string {
  return `${tenant}/${name}`
}

/** What the ledger keeps, as what it is: only we wrote it. */
export function asEnvironment(row: EnvironmentRow): Environment {
  return row as unknown as Environment
}
