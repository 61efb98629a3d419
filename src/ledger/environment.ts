import type {Queries} from './ledger.ts'
import {allotPorts} from './port.ts'

interface Placed {
  readonly role: string
  readonly host: string
  readonly reason: string
}

interface Hostnames {
  readonly presentation: string
  readonly edition: string
}

/** An environment with all that was decided about it. */
export interface EnvironmentRow extends NewEnvironment {
  readonly legalName: string
  readonly locale: string
  readonly timeZone: string
  readonly phase: string
  readonly ports: Readonly<Record<string, number>>
  /** The customer's own names. */
  readonly domains: readonly {
    readonly hostname: string
    readonly face: 'presentation' | 'edition'
    /** It has a certificate. */
    readonly served: boolean
  }[]
  /** Of its edge. */
  readonly address: string
  /** Its WAL goes to a repository. */
  readonly archived: boolean
  /** Of what it is a copy, where it is one. */
  readonly copy: {readonly of: string; readonly at: string; readonly neutralised: boolean} | undefined
  /** Shown on every page ahead of a migration. */
  readonly banner: unknown
  /** The version it is on its way to, where it is on one. */
  readonly coming: {readonly version: string; readonly migration: string; readonly state: string} | undefined
}

/** An environment as it is first written down. */
export interface NewEnvironment {
  readonly id: string
  readonly tenant: string
  readonly name: string
  readonly version: string
  readonly topology: string
  readonly placed: readonly Placed[]
  readonly hostnames: Hostnames
}

/** The environments of a tenant, production first; without a tenant, of all. */
export async function environmentsOf(ledger: Queries, tenant?: string): Promise<EnvironmentRow[]> {
  return ledger.all<EnvironmentRow>`
    select e.id, e.tenant, t.legal_name, t.locale, t.time_zone, e.name, e.phase, e.version, e.topology,
      (select json_object_agg(face, h.name) from hostname h where h.environment = e.id and not own) as hostnames,
      coalesce((select json_agg(json_build_object('hostname', h.name, 'face', face, 'served',
        exists (select from certificate c where c.hostname = h.name and c.state = 'served')) order by h.name)
        from hostname h where h.environment = e.id and own), '[]') as domains,
      (select json_agg(json_build_object('role', role, 'host', host, 'reason', reason, 'address', address) order by role, host)
        from placement p join host on host.name = p.host where p.environment = e.id) as placed,
      (select json_object_agg(purpose, port) from port o where o.environment = e.id) as ports,
      (select address from placement p join host on host.name = p.host
        where p.environment = e.id and role = 'edge'
        order by exists (select from placement o where o.environment = e.id and o.role = 'presentation' and o.host = p.host) desc
        limit 1) as address,
      exists (select from backup b where b.environment = e.id) as archived, e.banner,
      (select json_build_object('version', m.version, 'migration', m.id, 'state', m.state) from migration m
        where m.tenant = e.tenant and e.name in ('production', 'qualification') and m.version <> e.version
          and m.state not in ('done', 'rolled-back', 'abandoned')) as coming,
      (select json_build_object('of', origin, 'at', to_char(moment at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'),
        'neutralised', lifted_at is null) from environment_copy c where c.environment = e.id) as copy
    from environment e join tenant t on t.name = e.tenant
    where ${tenant ?? null}::text is null or e.tenant = ${tenant ?? null}
    order by e.tenant, array_position(array['production', 'qualification', 'test', 'training'], e.name)`
}

/** Writes an environment down with its places, ports and names; in a transaction. */
export async function insertEnvironment(tx: Queries, environment: NewEnvironment): Promise<void> {
  const {id, tenant, name, version, topology, placed, hostnames} = environment
  await tx.all`
    insert into environment (id, tenant, name, phase, version, topology)
    values (${id}, ${tenant}, ${name}, 'installation', ${version}, ${topology})`
  for (const {role, host, reason} of placed) {
    await tx.all`insert into placement (environment, role, host, reason) values (${id}, ${role}, ${host}, ${reason})`
  }
  for (const [host, purposes] of purposesByHost(placed)) await allotPorts(tx, {host, environment: id, purposes})
  for (const face of ['presentation', 'edition'] as const) {
    await tx.all`insert into hostname (name, environment, face) values (${hostnames[face]}, ${id}, ${face})`
  }
}

/** Forgets an environment with all that hangs on it. */
export async function deleteEnvironment(tx: Queries, id: string): Promise<void> {
  await tx.all`delete from environment where id = ${id}`
}

/** Moves environments of a tenant from one phase to the next. */
export async function movePhase(tx: Queries, tenant: string, {from, to}: {from: string; to: string}): Promise<void> {
  await tx.all`update environment set phase = ${to} where tenant = ${tenant} and phase = ${from}`
}

/** Moves one environment from one phase to the next; nothing when it is in another. */
export async function moveOnePhase(tx: Queries, id: string, {from, to}: {from: string; to: string}): Promise<void> {
  await tx.all`update environment set phase = ${to} where id = ${id} and phase = ${from}`
}

/** Notes which version an environment is at. */
export async function putVersion(tx: Queries, id: string, version: string): Promise<void> {
  await tx.all`update environment set version = ${version} where id = ${id}`
}

/** What its pages say from the next look at them on; nothing when left out. */
export async function putBanner(tx: Queries, id: string, banner?: object): Promise<void> {
  await tx.all`update environment set banner = ${banner === undefined ? null : JSON.stringify(banner)} where id = ${id}`
}

/** Which of these ids are taken. */
export async function takenIds(ledger: Queries, ids: readonly string[]): Promise<readonly string[]> {
  const rows = await ledger.all<{id: string}>`select id from environment where id = any(${ids})`
  return rows.map(({id}) => id)
}

/** How many environments each host carries, whatever their role there. */
export async function environmentsPerHost(ledger: Queries): Promise<ReadonlyMap<string, number>> {
  const rows = await ledger.all<{host: string; environments: number}>`
    select host, count(distinct environment)::int as environments from placement where role <> 'repository' group by host`
  return new Map(rows.map(({host, environments}) => [host, environments]))
}

/** How many environments on a host run this release, besides these. */
export async function othersOnRelease(
  ledger: Queries,
  {host, version, besides}: {host: string; version: string; besides: readonly string[]},
): Promise<number> {
  const row = await ledger.one<{others: number}>`
    select count(*)::int as others from environment e
    where version = ${version} and id <> all(${besides})
      and exists (select from placement where environment = e.id and host = ${host})`
  return row?.others ?? 0
}

function purposesByHost(placed: readonly Placed[]): ReadonlyMap<string, string[]> {
  const purposes = new Map<string, string[]>()
  for (const {role, host} of placed) {
    if (role === 'edge' || role === 'repository') continue
    purposes.set(host, [...(purposes.get(host) ?? []), role])
  }
  return purposes
}
