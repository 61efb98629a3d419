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

/** Events, the latest first; only the open ones when asked so. */
export async function events(ledger: Queries, {open, limit}: {open: boolean; limit: number}): Promise<EventRow[]> {
  return ledger.all<EventRow>`
    select * from event where not ${open} or closed_at is null order by last_seen desc, id limit ${limit}`
}
