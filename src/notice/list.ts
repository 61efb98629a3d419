import type {Temporal} from 'temporal-polyfill'
import {Refusal} from '../error.ts'
import type {Queries} from '../ledger/ledger.ts'
import {type DeliveryRow, deliveriesOf, type NoticeRow, notices} from '../ledger/notice.ts'

/** What became of one contact's copy. */
export interface CopyShown {
  readonly contact: string
  readonly email: string
  readonly state: string
  readonly attempts: number
  readonly reply?: string | undefined
  readonly nextTry?: Temporal.Instant
  readonly acceptedAt?: Temporal.Instant | undefined
  readonly messageId: string
}

export interface NoticeShown {
  readonly id: string
  readonly event: string
  readonly kind: string
  readonly tenant: string
  readonly createdAt: Temporal.Instant
  /** Sent: every contact's server accepted it. */
  readonly state: 'sent' | 'under way' | 'not sent' | 'withdrawn'
  readonly sentAt?: Temporal.Instant | undefined
  readonly copies: readonly CopyShown[]
}

/** Notices, the newest first; a `next` says that there are more. */
export async function listNotices(
  q: Queries,
  {tenant, limit}: {tenant?: string | undefined; limit: number},
): Promise<{items: readonly NoticeShown[]; next?: string}> {
  const rows = await notices(q, {tenant, limit: limit + 1})
  const kept = rows.slice(0, limit)
  const copies = await deliveriesOf(
    q,
    kept.map(({id}) => id),
  )
  const items = kept.map(row => shown(row, copies))
  return {items, ...(rows.length > limit ? {next: `--limit ${limit * 2}`} : {})}
}

/** One notice with its text as it was written. Throws `Refusal('not-found')`. */
export async function showNotice(q: Queries, id: string) {
  const [row] = await notices(q, {id, limit: 1})
  if (!row) {
    throw new Refusal('not-found', `There is no notice ${id}.`, {
      facts: {notice: id},
      remedies: ['selfhelp notice list'],
    })
  }
  const copies = await deliveriesOf(q, [id])
  const texts = copies.map(({contact, subject, body}) => ({contact, subject, body}))
  return {...shown(row, copies), texts}
}

export type NoticeInFull = Awaited<ReturnType<typeof showNotice>>

function shown(row: NoticeRow, all: readonly DeliveryRow[]): NoticeShown {
  const {id, event, kind, tenant, createdAt, acceptedAt} = row
  const copies = all.filter(({notice}) => notice === id)
  const about = {id, event, kind, tenant, createdAt, copies: copies.map(copyShown)}
  return {...about, state: stateOf(row, copies), ...(acceptedAt ? {sentAt: acceptedAt} : {})}
}

function stateOf({acceptedAt, withdrawnAt}: NoticeRow, copies: readonly DeliveryRow[]): NoticeShown['state'] {
  if (acceptedAt) return 'sent'
  if (withdrawnAt) return 'withdrawn'
  return copies.some(({state}) => ['refused', 'bounced', 'uncertain'].includes(state)) ? 'not sent' : 'under way'
}

function copyShown({contact, email, state, attempts, reply, nextAt, acceptedAt, messageId}: DeliveryRow): CopyShown {
  const next = state === 'queued' || state === 'deferred' ? {nextTry: nextAt} : {}
  return {contact, email, state, attempts, reply, ...next, acceptedAt, messageId}
}
