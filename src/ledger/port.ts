import type {Queries} from './ledger.ts'

const first = 20_000
const last = 31_999

/**
 * Allots a port for each purpose on a host, the lowest free ones. In a transaction: the host's row is held until it
 * ends, so that two environments placed at once never get the same.
 */
export async function allotPorts(
  tx: Queries,
  {host, environment, purposes}: {host: string; environment: string; purposes: readonly string[]},
): Promise<void> {
  await tx.all`select from host where name = ${host} for update`
  await tx.all`
    insert into port (host, port, environment, purpose)
    select ${host}, free.port, ${environment}, wanted.purpose
    from unnest(${purposes}::text[]) with ordinality as wanted (purpose, at)
    join (
      select candidate as port, row_number() over (order by candidate) as at
      from generate_series(${first}::int, ${last}::int) as candidate
      where not exists (select from port where host = ${host} and port.port = candidate)
      order by candidate limit cardinality(${purposes}::text[])
    ) as free using (at)`
}
