import type {Temporal} from 'temporal-polyfill'
import type {Queries} from './ledger.ts'
import {setting} from './setting.ts'

/** Who holds what, and whether it can still be alive. */
export interface LockRow {
  readonly name: string
  readonly epoch: number
  readonly run: string
  /** The operator. */
  readonly owner: string
  readonly executor: string
  readonly machine: string
  readonly pid: number
  readonly reason: string | undefined
  readonly takenAt: Temporal.Instant
  readonly heartbeatAt: Temporal.Instant
  /** No heartbeat for 30 s, by the ledger's clock. */
  readonly stale: boolean
}

/** Who takes locks. */
export interface Taker {
  readonly run: string
  readonly operator: string
  readonly reason: string | undefined
  readonly executor: {readonly id: string; readonly machine: string; readonly pid: number}
}

/** One taking at a time in the whole ledger, to the end of the transaction: all or nothing needs no order then. */
export async function serialiseTaking(tx: Queries): Promise<void> {
  await tx.all`select pg_advisory_xact_lock(7274152)`
}

/**
 * The locks of other runs that exclude these: the same name; for a host, the environments placed or being placed on it;
 * for an environment, its hosts.
 */
export async function conflicting(q: Queries, names: readonly string[], run: string): Promise<LockRow[]> {
  return q.all<LockRow>`
    with wanted as (
      select name from unnest(${names}::text[]) name
      union select 'environment:' || p.environment from placement p where 'host:' || p.host = any(${names})
      union select 'host:' || p.host from placement p where 'environment:' || p.environment = any(${names})
      union select split_part(name, '/', 1) from unnest(${names}::text[]) name where name like 'host:%/%'
    )
    select *, heartbeat_at < now() - interval '30 seconds' stale
    from lock
    where run is not null and run <> ${run}
      and (name in (select name from wanted)
        or (name like 'host:%/%' and split_part(name, '/', 1) = any(${names})))
    order by name`
}

/** Takes each; the epoch of each grows, and is above what a ledger that was restored may have forgotten. Call `serialiseTaking` and `conflicting` before, in the same transaction. */
export async function takeLocks(tx: Queries, names: readonly string[], taker: Taker): Promise<Map<string, number>> {
  const {run, operator, reason, executor} = taker
  const epochs = new Map<string, number>()
  const floor = (await setting(tx, 'epoch-floor')) ?? 0
  for (const name of [...names].sort()) {
    const row = await tx.one<{epoch: number}>`
      insert into lock as l (name, epoch, run, owner, executor, machine, pid, reason, taken_at, heartbeat_at)
      values (${name}, ${floor} + 1, ${run}, ${operator}, ${executor.id}, ${executor.machine}, ${executor.pid}, ${reason}, now(), now())
      on conflict (name) do update set (epoch, run, owner, executor, machine, pid, reason, taken_at, heartbeat_at)
        = (greatest(l.epoch, ${floor}) + 1, excluded.run, excluded.owner, excluded.executor, excluded.machine, excluded.pid, excluded.reason,
           now(), now())
      returning epoch`
    epochs.set(name, row?.epoch ?? 0)
  }
  return epochs
}

/** Gives back what a run holds; the rows stay for their epochs. */
export async function releaseLocks(tx: Queries, run: string): Promise<void> {
  await tx.all`
    update lock set run = null, owner = null, executor = null, machine = null, pid = null, reason = null, taken_at = null,
      heartbeat_at = null
    where run = ${run}`
}

/** Takes locks away from their run: each epoch grows, so that hosts told of it refuse the old executor. */
export async function revokeLocks(tx: Queries, run: string): Promise<{name: string; epoch: number}[]> {
  const revoked = await tx.all<{name: string; epoch: number}>`
    update lock set epoch = epoch + 1 where run = ${run} returning name, epoch`
  await releaseLocks(tx, run)
  return revoked
}

/** Every lock that is held. */
export async function heldLocks(q: Queries, filter: {name?: string; run?: string} = {}): Promise<LockRow[]> {
  return q.all<LockRow>`
    select *, heartbeat_at < now() - interval '30 seconds' stale
    from lock
    where run is not null and name = coalesce(${filter.name ?? null}, name) and run = coalesce(${filter.run ?? null}, run)
    order by name`
}

/** The hosts a lock reaches: its own, or those its environment is on. */
export async function hostsOfLock(q: Queries, name: string): Promise<string[]> {
  const rows = await q.all<{host: string}>`
    select host from placement where 'environment:' || environment = ${name}
    union select split_part(substr(name, 6), '/', 1) from lock
      where name like 'host:%' and (name = ${name} or 'environment:' || split_part(name, '/', 2) = ${name})
    order by 1`
  return rows.map(({host}) => host)
}
