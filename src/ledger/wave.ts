import type {Temporal} from 'temporal-polyfill'
import type {Queries} from './ledger.ts'
import type {MigrationState} from './migration.ts'

export type WaveState = 'running' | 'paused' | 'halted'

/** Many tenants to one version. */
export interface WaveRow {
  readonly id: string
  readonly version: string
  readonly state: WaveState
  /** Why it is paused or halted. */
  readonly why: string | undefined
  readonly operator: string
  readonly createdAt: Temporal.Instant
}

export interface WaveMemberRow {
  readonly tenant: string
  readonly batch: number
  /** The newest migration of the tenant to that version. */
  readonly migration: string | undefined
  readonly state: MigrationState | undefined
}

/** Writes a wave down with who is in it, in order. */
export async function insertWave(
  tx: Queries,
  wave: Omit<WaveRow, 'state' | 'why'>,
  members: readonly Pick<WaveMemberRow, 'tenant' | 'batch'>[],
): Promise<void> {
  const {id, version, operator, createdAt} = wave
  await tx.all`
    insert into migration_wave (id, version, state, operator, created_at)
    values (${id}, ${version}, 'running', ${operator}, ${createdAt})`
  for (const [position, {tenant, batch}] of members.entries())
    await tx.all`
      insert into migration_wave_member (wave, tenant, position, batch) values (${id}, ${tenant}, ${position}, ${batch})`
}

/** Waves, the newest first: one, those of a version a tenant is in, or all. */
export async function waves(
  q: Queries,
  {id, tenant, version}: {id?: string; tenant?: string; version?: string} = {},
): Promise<WaveRow[]> {
  return q.all<WaveRow>`
    select * from migration_wave w
    where id = coalesce(${id ?? null}, id) and version = coalesce(${version ?? null}, version)
      and (${tenant ?? null}::text is null
        or exists (select from migration_wave_member m where m.wave = w.id and m.tenant = ${tenant ?? null}))
    order by created_at desc, id`
}

/** Who is in a wave, in order, and how far each is; who runs the version without a migration is done. */
export async function waveMembers(
  q: Queries,
  {id, version}: Pick<WaveRow, 'id' | 'version'>,
): Promise<WaveMemberRow[]> {
  return q.all<WaveMemberRow>`
    select m.tenant, m.batch, g.id migration, coalesce(g.state, case when e.version = ${version} then 'done' end) state
    from migration_wave_member m
    left join environment e on e.tenant = m.tenant and e.name = 'production'
    left join lateral (select id, state from migration where tenant = m.tenant and version = ${version}
      order by asked_at desc limit 1) g on true
    where m.wave = ${id} order by m.position`
}

/** Stops a wave, or lets it go on. */
export async function putWaveState(
  q: Queries,
  {id, state, why}: {id: string; state: WaveState; why?: string | undefined},
): Promise<void> {
  await q.all`update migration_wave set state = ${state}, why = ${why ?? null} where id = ${id}`
}
