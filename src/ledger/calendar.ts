import type {Temporal} from 'temporal-polyfill'
import type {Queries} from './ledger.ts'

/** An environment as the calendar knows it. */
export interface PlatformRow {
  readonly environment: string
  readonly tenant: string
  readonly locale: string
  readonly timeZone: string
  readonly production: boolean
  /** What the contract says of its calendar. */
  readonly strict: unknown
}

export interface FreezeRow {
  readonly id: string
  readonly tenant: string | undefined
  readonly fromAt: Temporal.Instant
  readonly untilAt: Temporal.Instant
  readonly why: string
  readonly declaredBy: string
  readonly operator: string
  readonly addedAt: Temporal.Instant
}

export interface ValidationRow {
  readonly environment: string
  readonly what: string
  readonly since: Temporal.Instant
}

export interface ChangeRun {
  readonly id: string
  readonly title: string
  readonly change: string
  readonly environments: readonly string[]
  readonly state: string
  readonly startedAt: Temporal.Instant
  readonly endedAt: Temporal.Instant | undefined
}

/** These environments by full name, or all of them. */
export async function platforms(q: Queries, names?: readonly string[]): Promise<PlatformRow[]> {
  return q.all<PlatformRow>`
    select e.tenant || '/' || e.name environment, e.tenant, t.locale, t.time_zone, t.contract->'calendar' strict,
      e.name = 'production' and e.phase = 'production' production
    from environment e join tenant t on t.name = e.tenant
    where ${names ?? null}::text[] is null or e.tenant || '/' || e.name = any(${names ?? null})
    order by e.tenant, array_position(array['production', 'qualification', 'test', 'training'], e.name)`
}

/** Declared freezes that end after `since`: of the CMC, and of tenants. */
export async function freezes(q: Queries, since: Temporal.Instant): Promise<FreezeRow[]> {
  return q.all<FreezeRow>`
    select id, tenant, from_at, until_at, why, declared_by, operator, added_at from freeze_window
    where removed_at is null and until_at > ${since} order by from_at`
}

/** Declares a freeze. */
export async function insertFreeze(q: Queries, freeze: FreezeRow): Promise<void> {
  const {id, tenant, fromAt, untilAt, why, declaredBy, operator, addedAt} = freeze
  await q.all`
    insert into freeze_window (id, tenant, from_at, until_at, why, declared_by, operator, added_at)
    values (${id}, ${tenant ?? null}, ${fromAt}, ${untilAt}, ${why}, ${declaredBy}, ${operator}, ${addedAt})`
}

/** Ends a freeze; it stays on record. Undefined when there is none of that id. */
export async function removeFreeze(q: Queries, id: string, at: Temporal.Instant): Promise<FreezeRow | undefined> {
  return q.one<FreezeRow>`update freeze_window set removed_at = ${at} where id = ${id} and removed_at is null returning *`
}

/** What customers validate now. */
export async function validations(q: Queries): Promise<ValidationRow[]> {
  return q.all<ValidationRow>`
    select e.tenant || '/' || e.name environment, v.what, v.since from validation v join environment e on e.id = v.environment`
}

/** From now on the customer validates an environment; nothing may change under them until `endValidation`. */
export async function beginValidation(q: Queries, {environment, what, since}: ValidationRow): Promise<void> {
  await q.all`
    insert into validation (environment, what, since)
    select id, ${what}, ${since} from environment where tenant || '/' || name = ${environment}
    on conflict (environment) do update set what = excluded.what, since = excluded.since`
}

/** The validation is over, whatever came of it. */
export async function endValidation(q: Queries, environment: string): Promise<void> {
  await q.all`
    delete from validation v using environment e where e.id = v.environment and e.tenant || '/' || e.name = ${environment}`
}

/** Runs that changed or change environments: those of fixes and trials since then, and those that go on. */
export async function changeRuns(q: Queries, since: Temporal.Instant): Promise<ChangeRun[]> {
  return q.all<ChangeRun>`
    select id, title, change, environments, state, started_at, ended_at from run
    where cardinality(environments) > 0 and started_at is not null
      and (state in ('running', 'undoing', 'stopped') or (state = 'done' and started_at > ${since}
        and change not in ('provision', 'backup', 'drill', 'certificate-renewal')))`
}

/** Open findings whose kind begins with one of these words. */
export async function disturbances(q: Queries, kinds: readonly string[]): Promise<{kind: string; subject: string}[]> {
  return q.all`
    select kind, subject from event
    where closed_at is null and exists (select from unnest(${kinds}::text[]) k where starts_with(kind, k))`
}

/** The full names of environments that stand, with any role, on a site; of all when no site is named. */
export async function environmentsOfSite(q: Queries, site: string | undefined): Promise<string[]> {
  const rows = await q.all<{name: string}>`
    select e.tenant || '/' || e.name as name from environment e
    where ${site ?? null}::text is null or exists (
      select from placement p join host h on h.name = p.host where p.environment = e.id and h.site = ${site ?? null})
    order by 1`
  return rows.map(({name}) => name)
}
