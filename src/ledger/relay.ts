import type {Temporal} from 'temporal-polyfill'
import type {Queries} from './ledger.ts'

/** How mail leaves. */
export interface RelayRow {
  /** `platform`, or the tenant whose own it is. */
  readonly owner: string
  readonly host: string
  readonly port: number
  readonly security: 'smtp' | 'starttls' | 'smtps'
  readonly account: string | undefined
  readonly sender: string
  /** PEM of the authority that signed its certificate, when it is none the system knows. */
  readonly ca: string | undefined
  readonly perHour: number
  readonly changedAt: Temporal.Instant
}

export interface PauseRow {
  /** A tenant, or `all`. */
  readonly owner: string
  readonly because: string
  readonly operator: string
  readonly since: Temporal.Instant
}

/** Every way mail leaves. */
export async function relays(q: Queries): Promise<RelayRow[]> {
  return q.all<RelayRow>`select * from relay order by owner`
}

/** Sets one, in place of an earlier one of that owner. */
export async function putRelay(q: Queries, r: RelayRow): Promise<void> {
  await q.all`
    insert into relay (owner, host, port, security, account, sender, ca, per_hour, changed_at)
    values (${r.owner}, ${r.host}, ${r.port}, ${r.security}, ${r.account ?? null}, ${r.sender}, ${r.ca ?? null}, ${r.perHour},
      ${r.changedAt})
    on conflict (owner) do update set (host, port, security, account, sender, ca, per_hour, changed_at) = (excluded.host,
      excluded.port, excluded.security, excluded.account, excluded.sender, excluded.ca, excluded.per_hour, excluded.changed_at)`
}

/** Whose mail waits. */
export async function pauses(q: Queries): Promise<PauseRow[]> {
  return q.all<PauseRow>`select * from notice_pause order by owner`
}

/** Nothing of this owner is sent from now on. */
export async function putPause(q: Queries, {owner, because, operator, since}: PauseRow): Promise<void> {
  await q.all`
    insert into notice_pause (owner, because, operator, since) values (${owner}, ${because}, ${operator}, ${since})
    on conflict (owner) do update set (because, operator, since) = (excluded.because, excluded.operator, excluded.since)`
}

/** It is sent again; false when nothing was paused. */
export async function endPause(q: Queries, owner: string): Promise<boolean> {
  return (await q.one`delete from notice_pause where owner = ${owner} returning owner`) !== undefined
}
