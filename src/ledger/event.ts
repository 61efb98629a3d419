import type {Temporal} from 'temporal-polyfill'
import type {Queries} from './ledger.ts'

/** A finding that stays open until someone settles it. */
export interface EventRow {
  readonly id: string
  readonly kind: string
  readonly subject: string
  readonly tenant: string | undefined
  readonly owner: string | undefined
  readonly remedy: string
  readonly detail: Readonly<Record<string, unknown>>
  readonly firstSeen: Temporal.Instant
  readonly lastSeen: Temporal.Instant
  readonly closedAt: Temporal.Instant | undefined
}

/** What an event is opened with. */
export type NewEvent = Pick<EventRow, 'kind' | 'subject' | 'tenant' | 'owner' | 'remedy' | 'detail'>

/** Events, the latest first; only the open ones when asked so. */
export async function events(ledger: Queries, {open, limit}: {open: boolean; limit: number}): Promise<EventRow[]> {
  return ledger.all<EventRow>`
    select * from event where not ${open} or closed_at is null order by last_seen desc, id limit ${limit}`
}

/** Opens an event, or moves the open one of that kind and subject to now with what is known now. */
export async function putEvent(q: Queries, event: NewEvent, at: Temporal.Instant): Promise<EventRow> {
  const {kind, subject, tenant, owner, remedy, detail} = event
  const row = await q.one<EventRow>`
    insert into event (kind, subject, tenant, owner, remedy, detail, first_seen, last_seen)
    values (${kind}, ${subject}, ${tenant}, ${owner}, ${remedy}, ${JSON.stringify(detail)}, ${at}, ${at})
    on conflict (kind, subject) where closed_at is null do update
      set (tenant, owner, remedy, detail) = (excluded.tenant, excluded.owner, excluded.remedy, excluded.detail),
        last_seen = greatest(event.last_seen, excluded.last_seen)
    returning *`
  return row as EventRow
}

/** Closes the open events of a subject that have one of these kinds; gives those it closed. */
export async function closeEvents(
  q: Queries,
  {subject, kinds}: {subject: string; kinds: readonly string[]},
  at: Temporal.Instant,
): Promise<EventRow[]> {
  return q.all<EventRow>`
    update event set closed_at = greatest(${at}::timestamptz, first_seen)
    where subject = ${subject} and kind = any(${kinds}) and closed_at is null returning *`
}
