import type {Temporal} from 'temporal-polyfill'
import type {Queries} from './ledger.ts'

export type OverrideRule = 'freeze' | 'budget' | 'rollback'

/** What one person asked about a rule and another answered; both signed. */
export interface OverrideRow {
  readonly id: string
  readonly rule: OverrideRule
  /** `acme/production` */
  readonly environment: string
  readonly change: string | undefined
  readonly reason: string
  readonly fromAt: Temporal.Instant
  readonly untilAt: Temporal.Instant
  readonly requester: string
  readonly requestedAt: Temporal.Instant
  /** Not answered by then, it never will be. */
  readonly answerBy: Temporal.Instant
  readonly request: unknown
  readonly signature: string
  readonly approver: string | undefined
  readonly approvedAt: Temporal.Instant | undefined
  readonly approval: unknown
  readonly approvalSignature: string | undefined
}

/** Overrides that end after `since`, the newest first. */
export async function overrides(
  q: Queries,
  {id, since}: {id?: string | undefined; since?: Temporal.Instant | undefined} = {},
): Promise<OverrideRow[]> {
  return q.all<OverrideRow>`
    select o.*, e.tenant || '/' || e.name environment from override o join environment e on e.id = o.environment
    where (${id ?? null}::text is null or o.id = ${id ?? null})
      and (${since ?? null}::timestamptz is null or o.until_at > ${since ?? null})
    order by o.requested_at desc, o.id`
}

export type NewOverride = Omit<OverrideRow, 'approver' | 'approvedAt' | 'approval' | 'approvalSignature'>

/** Writes a request down. */
export async function insertOverride(q: Queries, o: NewOverride): Promise<void> {
  await q.all`
    insert into override (id, rule, environment, change, reason, from_at, until_at, requester, requested_at, answer_by,
      request, signature)
    select ${o.id}, ${o.rule}, id, ${o.change ?? null}, ${o.reason}, ${o.fromAt}, ${o.untilAt}, ${o.requester},
      ${o.requestedAt}, ${o.answerBy}, ${JSON.stringify(o.request)}, ${o.signature}
    from environment where tenant || '/' || name = ${o.environment}`
}

export interface Approval {
  readonly id: string
  readonly approver: string
  readonly at: Temporal.Instant
  readonly request: unknown
  readonly signature: string
}

/** Answers a request; the database refuses the requester, a late answer, a second one, and who is no approver. */
export async function approveOverride(q: Queries, {id, approver, at, request, signature}: Approval): Promise<void> {
  await q.all`
    update override set approver = ${approver}, approved_at = ${at}, approval = ${JSON.stringify(request)},
      approval_signature = ${signature}
    where id = ${id}`
}
