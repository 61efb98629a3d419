import type {Temporal} from 'temporal-polyfill'
import {asEnvironment, type Environment, fullName} from '../environment/model.ts'
import {Refusal} from '../error.ts'
import {environmentsOf} from '../ledger/environment.ts'
import type {Ledger} from '../ledger/ledger.ts'
import {type TenantRow, tenantNamed} from '../ledger/tenant.ts'

/** An environment as commands answer with it. */
export interface EnvironmentShown {
  readonly name: string
  readonly id: string
  readonly phase: string
  readonly version: string
  readonly topology: string
  readonly url: string
  readonly editionUrl: string
  readonly address: string
  readonly caFile: string
  /** One line that works from any directory, with the CA checked. */
  readonly curl: string
  readonly hosts: readonly {readonly role: string; readonly host: string; readonly reason: string}[]
}

export interface TenantShown {
  readonly name: string
  readonly legalName: string
  readonly locale: string
  readonly timeZone: string
  readonly createdAt: Temporal.Instant
  readonly handedOverAt: Temporal.Instant | undefined
  readonly environments: readonly EnvironmentShown[]
}

/** A tenant with its environments. Throws `Refusal('not-found')`. */
export async function showTenant(ledger: Ledger, name: string, caFile: string): Promise<TenantShown> {
  const [tenant, rows] = await Promise.all([neededTenant(ledger, name), environmentsOf(ledger, name)])
  const {legalName, locale, timeZone, createdAt, handedOverAt} = tenant
  const environments = rows.map(row => shownEnvironment(asEnvironment(row), caFile))
  return {name, legalName, locale, timeZone, createdAt, handedOverAt, environments}
}

/** The tenant of that name. Throws `Refusal('not-found')`. */
export async function neededTenant(ledger: Ledger, name: string): Promise<TenantRow> {
  const tenant = await tenantNamed(ledger, name)
  if (tenant) return tenant
  throw new Refusal('not-found', `There is no tenant ${name}.`, {
    facts: {tenant: name},
    remedies: ['selfhelp tenant list'],
  })
}

/** An environment with the line that proves it from anywhere. */
export function shownEnvironment(environment: Environment, caFile: string): EnvironmentShown {
  const {id, phase, version, topology, hostnames, address, placed} = environment
  const url = `https://${hostnames.presentation}/`
  return {
    name: fullName(environment),
    id,
    phase,
    version,
    topology,
    url,
    editionUrl: `https://${hostnames.edition}/`,
    address,
    caFile,
    curl: `curl --cacert ${caFile} --resolve ${hostnames.presentation}:443:${bracketed(address)} ${url}`,
    hosts: placed.map(({role, host, reason}) => ({role, host, reason})),
  }
}

function bracketed(address: string): string {
  return address.includes(':') ? `[${address}]` : address
}
