import type {Temporal} from 'temporal-polyfill'
import {Refusal} from '../error.ts'
import type {Queries} from './ledger.ts'

export interface ContactRow {
  readonly id: string
  readonly name: string
  readonly email: string
  readonly language: string
  readonly roles: readonly string[]
}

/** What of a contract has columns of its own; the rest is kept as it is. */
export interface NewTenant {
  readonly tenant: string
  readonly legalName: string
  readonly locale: string
  readonly timeZone: string
  readonly contacts: readonly ContactRow[]
}

export interface TenantRow {
  readonly name: string
  readonly legalName: string
  readonly locale: string
  readonly timeZone: string
  readonly contract: unknown
  readonly createdAt: Temporal.Instant
  readonly handedOverAt: Temporal.Instant | undefined
}

/** A line of the list. */
export interface TenantLine {
  readonly name: string
  readonly legalName: string
  readonly environments: readonly {readonly name: string; readonly phase: string; readonly version: string}[]
  readonly createdAt: Temporal.Instant
}

/** One tenant, if there is one of that name. */
export async function tenantNamed(ledger: Queries, name: string): Promise<TenantRow | undefined> {
  return ledger.one<TenantRow>`select * from tenant where name = ${name}`
}

/** The tenant of that name. Throws `Refusal('not-found')`. */
export async function neededTenant(ledger: Queries, name: string): Promise<TenantRow> {
  const found = await tenantNamed(ledger, name)
  if (found) return found
  throw new Refusal('not-found', `There is no tenant ${name}.`, {
    facts: {tenant: name},
    remedies: ['selfhelp tenant list'],
  })
}

/** Tenants by name with their environments, from the one after `after` on; one more than `limit` tells that there are more. */
export async function tenantLines(
  ledger: Queries,
  {after = '', limit}: {after?: string | undefined; limit: number},
): Promise<TenantLine[]> {
  return ledger.all<TenantLine>`
    select t.name, t.legal_name, t.created_at,
      coalesce((select json_agg(json_build_object('name', e.name, 'phase', e.phase, 'version', e.version) order by e.name)
        from environment e where e.tenant = t.name), '[]') as environments
    from tenant t where t.name > ${after} order by t.name limit ${limit}`
}

/** Writes a tenant and its contacts down; false when the name is taken. In a transaction. */
export async function insertTenant(tx: Queries, contract: NewTenant): Promise<boolean> {
  const {tenant, legalName, locale, timeZone, contacts} = contract
  const inserted = await tx.one`
    insert into tenant (name, legal_name, locale, time_zone, contract)
    values (${tenant}, ${legalName}, ${locale}, ${timeZone}, ${JSON.stringify(contract)})
    on conflict do nothing returning name`
  if (inserted === undefined) return false
  for (const contact of contacts) await putContact(tx, tenant, contact)
  return true
}

/** Writes another contract down, with its contacts; in a transaction. */
export async function replaceContract(tx: Queries, contract: NewTenant): Promise<void> {
  const {tenant, legalName, locale, timeZone, contacts} = contract
  await tx.all`
    update tenant set legal_name = ${legalName}, locale = ${locale}, time_zone = ${timeZone},
      contract = ${JSON.stringify(contract)}
    where name = ${tenant}`
  await tx.all`delete from contact where tenant = ${tenant} and id <> all(${contacts.map(({id}) => id)})`
  for (const contact of contacts) await putContact(tx, tenant, contact)
}

/** Forgets a tenant with its environments, contacts, names and documents. */
export async function deleteTenant(tx: Queries, name: string): Promise<void> {
  await tx.all`delete from tenant where name = ${name}`
}

/** One contact of a tenant. */
export async function contactOf(ledger: Queries, tenant: string, id: string): Promise<ContactRow | undefined> {
  return ledger.one<ContactRow>`
    select id, name, email, language, roles from contact where tenant = ${tenant} and id = ${id}`
}

/** It was not handed over after all. */
export async function forgetHandOver(tx: Queries, name: string): Promise<void> {
  await tx.all`update tenant set handed_over_at = null where name = ${name}`
}

/** Notes that a tenant was handed over, once. */
export async function noteHandOver(tx: Queries, name: string, at: Temporal.Instant): Promise<void> {
  await tx.all`update tenant set handed_over_at = ${at} where name = ${name} and handed_over_at is null`
}

async function putContact(tx: Queries, tenant: string, {id, name, email, language, roles}: ContactRow): Promise<void> {
  await tx.all`
    insert into contact (tenant, id, name, email, language, roles)
    values (${tenant}, ${id}, ${name}, ${email}, ${language}, ${roles})
    on conflict (tenant, id) do update set (name, email, language, roles)
      = (excluded.name, excluded.email, excluded.language, excluded.roles)`
}
