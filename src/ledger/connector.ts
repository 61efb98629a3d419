import type {Queries} from './ledger.ts'

export interface ConnectorRow {
  readonly tenant: string
  readonly name: string
  readonly purpose: 'ldap' | 'mail' | 'sso' | 'tickets'
  readonly address: string
  readonly port: number
  readonly reachability: 'public' | 'restricted' | 'vpn'
}

/** Every connector, or those of a tenant, by tenant and name. */
export async function connectors(ledger: Queries, tenant?: string): Promise<ConnectorRow[]> {
  return ledger.all<ConnectorRow>`
    select tenant, name, purpose, address, port, reachability from connector
    where tenant = coalesce(${tenant ?? null}, tenant) order by tenant, name`
}

/** Writes a connector down, or as it is from now on. */
export async function putConnector(tx: Queries, row: ConnectorRow): Promise<void> {
  const {tenant, name, purpose, address, port, reachability} = row
  await tx.all`
    insert into connector (tenant, name, purpose, address, port, reachability)
    values (${tenant}, ${name}, ${purpose}, ${address}, ${port}, ${reachability})
    on conflict (tenant, name) do update set purpose = excluded.purpose, address = excluded.address,
      port = excluded.port, reachability = excluded.reachability`
}

/** Forgets a connector; false when there was none. */
export async function deleteConnector(tx: Queries, tenant: string, name: string): Promise<boolean> {
  const rows = await tx.all`delete from connector where tenant = ${tenant} and name = ${name} returning name`
  return rows.length > 0
}
