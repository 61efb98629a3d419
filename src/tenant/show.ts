import type {Temporal} from 'temporal-polyfill'
import {asEnvironment, type EnvironmentShown, shownEnvironment} from '../environment/model.ts'
import {Refusal} from '../error.ts'
import {environmentsOf} from '../ledger/environment.ts'
import type {Ledger} from '../ledger/ledger.ts'
import {type TenantRow, tenantNamed} from '../ledger/tenant.ts'

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
