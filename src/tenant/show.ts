import type {Temporal} from 'temporal-polyfill'
import {type Contact, type Contract, missingStudy, subscribed} from '../contract/model.ts'
import {asEnvironment, type Environment, type EnvironmentShown, shownEnvironment} from '../environment/model.ts'
import {accountsOf, type WantedAccount} from '../environment/steps.ts'
import {documentOf} from '../ledger/document.ts'
import {environmentsOf} from '../ledger/environment.ts'
import type {Ledger} from '../ledger/ledger.ts'
import {neededTenant} from '../ledger/tenant.ts'
import {type TenantNow, tenantNow} from '../ledger/tenant-now.ts'

export interface TenantShown extends TenantNow {
  readonly name: string
  readonly legalName: string
  readonly locale: string
  readonly timeZone: string
  readonly createdAt: Temporal.Instant
  readonly handedOverAt: Temporal.Instant | undefined
  readonly contract: Pick<Contract, 'start' | 'end' | 'residency' | 'sites' | 'storagePacks' | 'options'>
  readonly contacts: readonly Contact[]
  /** Chapters of the study that the hand-over waits for (R002). */
  readonly missingStudy: readonly string[]
  /** Subscribed, but not made. */
  readonly missingEnvironments: readonly string[]
  /** What the installation created for the customer (R116), and where they are signed in with. */
  readonly accounts: readonly AccountShown[]
  /** When the connection document was written; its links end 7 days later. */
  readonly document:
    | {readonly locale: string; readonly createdAt: Temporal.Instant; readonly linksUntil: Temporal.Instant}
    | undefined
  readonly environments: readonly EnvironmentShown[]
}

export interface AccountShown {
  readonly email: string
  readonly name: string
  readonly role: WantedAccount['role']
  readonly environments: readonly string[]
}

/** How long the runtime honours a one-time link. */
const linksLive = {hours: 7 * 24}

/** A tenant with all that is known of it now, from the ledger alone. Throws `Refusal('not-found')`. */
export async function showTenant(ledger: Ledger, name: string, caFile: string): Promise<TenantShown> {
  const [tenant, rows, document, now] = await Promise.all([
    neededTenant(ledger, name),
    environmentsOf(ledger, name),
    documentOf(ledger, name, 'connection'),
    tenantNow(ledger, name),
  ])
  const {legalName, locale, timeZone, createdAt, handedOverAt} = tenant
  const contract = tenant.contract as Contract
  const {start, end, residency, sites, storagePacks, options, contacts} = contract
  const environments = rows.map(asEnvironment)
  return {
    ...{name, legalName, locale, timeZone, createdAt, handedOverAt},
    contract: {start, end, residency, sites, storagePacks, options},
    contacts,
    missingStudy: missingStudy(contract),
    missingEnvironments: subscribed(contract).filter(one => !environments.some(({name}) => name === one)),
    accounts: document === undefined ? [] : accountsIn(environments, {contract, body: document.body}),
    document: document && {
      ...{locale: document.locale, createdAt: document.createdAt},
      linksUntil: document.createdAt.add(linksLive),
    },
    environments: environments.map(one => shownEnvironment(one, caFile)),
    ...now,
  }
}

/** The document is written after the accounts were made, and names each of them. */
function accountsIn(
  environments: readonly Environment[],
  {contract, body}: {readonly contract: Contract; readonly body: string},
): readonly AccountShown[] {
  const all = environments.flatMap(({name, hostnames}) =>
    accountsOf(contract, hostnames.edition).map(account => ({...account, environment: name})),
  )
  const made = all.filter(({email}) => body.includes(` ${email}\n`))
  return [...Map.groupBy(made, ({email}) => email).values()].flatMap(same => {
    const [first] = same
    if (first === undefined) return []
    const {email, name, role} = first
    return [{email, name, role, environments: same.map(({environment}) => environment)}]
  })
}
