import type {Temporal} from 'temporal-polyfill'
import type {Queries} from './ledger.ts'

export interface HostRow {
  readonly name: string
  readonly site: string
  readonly address: string
  readonly port: number
  readonly hostKey: string
  readonly roles: readonly string[]
  readonly facts: Readonly<Record<string, unknown>>
  readonly addedAt: Temporal.Instant
  readonly retiredAt: Temporal.Instant | undefined
}

/** Every host there ever was, by name. */
export async function hosts(ledger: Queries): Promise<HostRow[]> {
  return ledger.all<HostRow>`select * from host order by name`
}

/** One host, retired or not. */
export async function host(ledger: Queries, name: string): Promise<HostRow | undefined> {
  return ledger.one<HostRow>`select * from host where name = ${name}`
}

/** Records an adopted host; a retired one of that name comes back as it now is. */
export async function putHost(
  ledger: Queries,
  {name, site, address, hostKey, roles, facts}: Omit<HostRow, 'addedAt' | 'retiredAt' | 'port'>,
): Promise<void> {
  await ledger.all`
    insert into host (name, site, address, host_key, roles, facts)
    values (${name}, ${site}, ${address}, ${hostKey}, ${roles}, ${facts})
    on conflict (name) do update set site = excluded.site, address = excluded.address, host_key = excluded.host_key,
      roles = excluded.roles, facts = excluded.facts, retired_at = null`
}

/** Takes back the record of a host that was never used. */
export async function removeHost(ledger: Queries, name: string): Promise<void> {
  await ledger.all`delete from host where name = ${name}`
}

/** Pins another key. */
export async function repinHost(ledger: Queries, name: string, hostKey: string): Promise<void> {
  await ledger.all`update host set host_key = ${hostKey} where name = ${name}`
}

/** From now on nothing is placed on it and no firewall knows it; its name stays in the journal. */
export async function retireHost(ledger: Queries, name: string, at: Temporal.Instant): Promise<void> {
  await ledger.all`update host set retired_at = ${at} where name = ${name} and retired_at is null`
}

/** The environments that have a part on the host, as `tenant/name`. */
export async function environmentsOn(ledger: Queries, name: string): Promise<string[]> {
  const rows = await ledger.all<{name: string}>`
    select distinct e.tenant || '/' || e.name as name from placement p join environment e on e.id = p.environment
    where p.host = ${name} order by 1`
  return rows.map(row => row.name)
}
