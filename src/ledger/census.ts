import type {Temporal} from 'temporal-polyfill'
import type {Queries} from './ledger.ts'

/** The certificate each name is served with. */
export async function servedCertificates(
  ledger: Queries,
): Promise<{hostname: string; tenant: string; notAfter: Temporal.Instant}[]> {
  return ledger.all`
    select distinct on (c.hostname) c.hostname, e.tenant, c.not_after
    from certificate c join hostname h on h.name = c.hostname join environment e on e.id = h.environment
    where c.state = 'served' order by c.hostname, c.created_at desc`
}

/** Tenants with a production environment and no other. */
export async function tenantsWithoutTest(ledger: Queries): Promise<string[]> {
  const rows = await ledger.all<{tenant: string}>`
    select tenant from environment group by tenant having count(*) = 1 and bool_or(name = 'production') order by tenant`
  return rows.map(({tenant}) => tenant)
}

/** Every port that was allotted, with its host. */
export async function allottedPorts(ledger: Queries): Promise<{host: string; port: number}[]> {
  return ledger.all`select host, port from port order by host, port`
}
