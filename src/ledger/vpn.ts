import type {Temporal} from 'temporal-polyfill'
import type {Queries} from './ledger.ts'

export interface VpnRow {
  readonly tenant: string
  readonly site: string
  /** One of its own in the whole platform, from 1. */
  readonly number: number
  readonly gateway: string
  readonly spec: Readonly<Record<string, unknown>>
  readonly addedAt: Temporal.Instant
  readonly changedAt: Temporal.Instant
}

/** Every VPN, or those of a tenant, by tenant and site. */
export async function vpns(ledger: Queries, tenant?: string): Promise<VpnRow[]> {
  return ledger.all<VpnRow>`
    select * from vpn where tenant = coalesce(${tenant ?? null}, tenant) order by tenant, site`
}

/** Two that are added at once look at each other: until the transaction ends nobody else writes one down. */
export async function holdVpns(tx: Queries): Promise<void> {
  await tx.all`lock table vpn in exclusive mode`
}

/** Writes a VPN down with the lowest free number, or what was agreed anew; its number and gateway stay. In a transaction. */
export async function putVpn(
  tx: Queries,
  {tenant, site, gateway, spec}: Pick<VpnRow, 'tenant' | 'site' | 'gateway' | 'spec'>,
): Promise<number> {
  const row = await tx.one<{number: number}>`
    insert into vpn (tenant, site, gateway, spec, number)
    values (${tenant}, ${site}, ${gateway}, ${spec},
      (select min(n) from generate_series(1, 65000) n where not exists (select from vpn where number = n)))
    on conflict (tenant, site) do update set spec = excluded.spec, changed_at = now() returning number`
  return row?.number ?? 0
}

/** Forgets a VPN. */
export async function deleteVpn(tx: Queries, tenant: string, site: string): Promise<void> {
  await tx.all`delete from vpn where tenant = ${tenant} and site = ${site}`
}

/** What the customer's own security norms ask for, when they were asked (R099b). */
export async function normsOf(ledger: Queries, tenant: string): Promise<string | undefined> {
  return (await ledger.one<{norms: string}>`select norms from vpn_norms where tenant = ${tenant}`)?.norms
}

/** Records what the customer said about their norms. */
export async function putNorms(ledger: Queries, tenant: string, norms: string): Promise<void> {
  await ledger.all`
    insert into vpn_norms (tenant, norms) values (${tenant}, ${norms})
    on conflict (tenant) do update set norms = excluded.norms, recorded_at = now()`
}

/** The hosts that serve the tenants with a VPN or a connector, with their sites; or those of one tenant. */
export async function tenantHosts(
  ledger: Queries,
  tenant?: string,
): Promise<{tenant: string; host: string; site: string}[]> {
  return ledger.all`
    select distinct e.tenant, p.host, h.site
    from placement p join environment e on e.id = p.environment join host h on h.name = p.host
    where p.role = 'presentation' and (e.tenant = ${tenant ?? null} or ${tenant ?? null}::text is null
      and e.tenant in (select tenant from vpn union select tenant from connector)) order by 1, 2`
}

/** The edges of the tenants with a VPN, with their sites: first those that serve production, of these who serves the most. */
export async function tenantEdges(ledger: Queries): Promise<{tenant: string; host: string; site: string}[]> {
  return ledger.all`
    select e.tenant, p.host, h.site
    from placement p join environment e on e.id = p.environment join host h on h.name = p.host
    where p.role = 'edge' and e.tenant in (select tenant from vpn) group by 1, 2, 3
    order by 1, bool_or(e.name = 'production') desc, count(*) desc, 2`
}

/** Tenants with a second site in their contract and a VPN, but none there (R098). */
export async function vpnsWithoutSecond(ledger: Queries): Promise<{tenant: string; site: string}[]> {
  return ledger.all`
    select t.name as tenant, t.contract->'sites'->>'secondary' as site from tenant t
    where t.contract->'sites'->>'secondary' is not null
      and exists (select from vpn v where v.tenant = t.name)
      and not exists (select from vpn v where v.tenant = t.name and v.site = t.contract->'sites'->>'secondary')
    order by 1`
}
