import type {Queries} from './ledger.ts'

/** The first and the last port for each purpose: firewalls open ranges, so that a purpose is known by its port. */
export const portRanges = {
  database: [20_000, 23_999],
  presentation: [24_000, 27_999],
  edition: [28_000, 31_999],
} as const

/** How many environments can have a port of each purpose on one host. */
export const portsForEach = 4000

/** How many ports of its fullest purpose are taken on each host. */
export async function portsTaken(ledger: Queries): Promise<ReadonlyMap<string, number>> {
  const rows = await ledger.all<{host: string; taken: number}>`
    select host, max(taken)::int as taken
    from (select host, purpose, count(*) as taken from port group by host, purpose) as each group by host`
  return new Map(rows.map(({host, taken}) => [host, taken]))
}

const others = [32_000, 32_767] as const

/**
 * Allots a port for each purpose on a host, the lowest free ones. In a transaction: the host's row is held until it
 * ends, so that two environments placed at once never get the same.
 */
export async function allotPorts(
  tx: Queries,
  {host, environment, purposes}: {host: string; environment: string; purposes: readonly string[]},
): Promise<void> {
  await tx.all`select from host where name = ${host} for update`
  for (const purpose of purposes) {
    const [first, last] = purpose in portRanges ? portRanges[purpose as keyof typeof portRanges] : others
    await tx.all`
      insert into port (host, port, environment, purpose)
      select ${host}, min(candidate), ${environment}, ${purpose}
      from generate_series(${first}::int, ${last}::int) as candidate
      where not exists (select from port where host = ${host} and port.port = candidate)`
  }
}
