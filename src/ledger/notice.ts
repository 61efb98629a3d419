import type {Temporal} from 'temporal-polyfill'
import type {Queries} from './ledger.ts'

export interface NoticeRow {
  readonly id: string
  readonly event: string
  readonly kind: string
  readonly tenant: string
  readonly operation: string | undefined
  readonly sequence: number | undefined
  readonly createdAt: Temporal.Instant
  readonly withdrawnAt: Temporal.Instant | undefined
  /** When the last contact's server had accepted it; none while one has not. */
  readonly acceptedAt: Temporal.Instant | undefined
}

/** One contact's copy. */
export interface DeliveryRow {
  readonly notice: string
  readonly tenant: string
  readonly contact: string
  readonly name: string
  readonly email: string
  readonly locale: string
  readonly messageId: string
  readonly subject: string
  readonly body: string
  readonly html: string
  readonly invitation: string | undefined
  readonly state: string
  readonly attempts: number
  readonly nextAt: Temporal.Instant
  readonly reply: string | undefined
  readonly createdAt: Temporal.Instant
  readonly acceptedAt: Temporal.Instant | undefined
  readonly changedAt: Temporal.Instant
}

export interface Recipient {
  readonly contact: string
  readonly name: string
  readonly email: string
  readonly language: string
  readonly legalName: string
  readonly timeZone: string
}

/** The contacts of a tenant with one of these roles. */
export async function recipients(q: Queries, tenant: string, roles: readonly string[]): Promise<Recipient[]> {
  return q.all<Recipient>`
    select c.id contact, c.name, c.email, c.language, t.legal_name, t.time_zone
    from contact c join tenant t on t.name = c.tenant
    where c.tenant = ${tenant} and c.roles && ${roles} order by c.id`
}

export type NewNoticeRow = Omit<NoticeRow, 'withdrawnAt' | 'acceptedAt'> & {readonly facts: unknown}

/** Writes a notice down; false when there is one for that event. */
export async function insertNotice(tx: Queries, notice: NewNoticeRow): Promise<boolean> {
  const {id, event, kind, tenant, operation, sequence, facts, createdAt} = notice
  const inserted = await tx.one`
    insert into notice (id, event, kind, tenant, operation, sequence, facts, created_at)
    values (${id}, ${event}, ${kind}, ${tenant}, ${operation ?? null}, ${sequence ?? null}, ${JSON.stringify(facts)},
      ${createdAt})
    on conflict (event) do nothing returning id`
  return inserted !== undefined
}

export type NewDelivery = Pick<
  DeliveryRow,
  'notice' | 'contact' | 'name' | 'email' | 'locale' | 'messageId' | 'subject' | 'body' | 'html' | 'invitation'
> & {readonly at: Temporal.Instant}

/** One contact's copy of it, to be sent. */
export async function insertDelivery(tx: Queries, d: NewDelivery): Promise<void> {
  await tx.all`
    insert into delivery (notice, contact, name, email, locale, message_id, subject, body, html, invitation, state, next_at,
      changed_at)
    values (${d.notice}, ${d.contact}, ${d.name}, ${d.email}, ${d.locale}, ${d.messageId}, ${d.subject}, ${d.body}, ${d.html},
      ${d.invitation ?? null}, 'queued', ${d.at}, ${d.at})`
}

export interface NoticeFilter {
  readonly id?: string | undefined
  readonly event?: string | undefined
  readonly tenant?: string | undefined
  readonly limit: number
}

/** Notices, the newest first. */
export async function notices(q: Queries, {id, event, tenant, limit}: NoticeFilter): Promise<NoticeRow[]> {
  return q.all<NoticeRow>`
    select n.id, n.event, n.kind, n.tenant, n.operation, n.sequence, n.created_at, n.withdrawn_at, s.accepted_at
    from notice n left join notice_sent s on s.notice = n.id
    where (${id ?? null}::text is null or n.id = ${id ?? null})
      and (${event ?? null}::text is null or n.event = ${event ?? null})
      and (${tenant ?? null}::text is null or n.tenant = ${tenant ?? null})
    order by n.created_at desc, n.id limit ${limit}`
}

/** The copies of these notices. */
export async function deliveriesOf(q: Queries, ids: readonly string[]): Promise<DeliveryRow[]> {
  return q.all<DeliveryRow>`
    select d.*, n.tenant, n.created_at from delivery d join notice n on n.id = d.notice
    where d.notice = any(${ids}) order by d.notice, d.contact`
}

export interface Claim {
  readonly executor: string
  readonly now: Temporal.Instant
  /** When somebody else may take what this one took. */
  readonly until: Temporal.Instant
  /** The tenants whose mail goes this way. */
  readonly tenants: readonly string[]
  /** A recipient gets its mail in the order it was made: nothing overtakes what waits. */
  readonly inOrder: boolean
  readonly limit: number
}

/** Takes copies that are due, for one sender; nobody else sends them until then. */
export async function claimDeliveries(q: Queries, claim: Claim): Promise<DeliveryRow[]> {
  const {executor, now, until, tenants, inOrder, limit} = claim
  return q.all<DeliveryRow>`
    with due as (
      select d.notice, d.contact from delivery d join notice n on n.id = d.notice
      where d.state in ('queued', 'deferred') and d.next_at <= ${now} and n.tenant = any(${tenants})
        and (d.claimed_until is null or d.claimed_until <= ${now})
        and (not ${inOrder} or not exists (
          select from delivery e join notice m on m.id = e.notice
          where e.email = d.email and m.tenant = n.tenant and m.created_at < n.created_at
            and e.state in ('queued', 'deferred', 'sending')))
      order by n.created_at, d.notice, d.contact limit ${limit} for update of d skip locked)
    update delivery d set claimed_by = ${executor}, claimed_until = ${until}
    from due, notice n where d.notice = due.notice and d.contact = due.contact and n.id = d.notice
    returning d.*, n.tenant, n.created_at`
}

interface Copy {
  readonly notice: string
  readonly contact: string
  readonly executor: string
}

/**
 * The server asked for the content, and its first byte goes out next: from here on nobody sends this again by itself.
 * False when it was taken from us meanwhile; then nothing may go out.
 */
export async function beginSending(
  q: Queries,
  {notice, contact, executor, now, until}: Copy & {now: Temporal.Instant; until: Temporal.Instant},
): Promise<boolean> {
  const begun = await q.one`
    update delivery d set state = 'sending', claimed_until = ${until}, changed_at = ${now}
    where notice = ${notice} and contact = ${contact} and claimed_by = ${executor} and state in ('queued', 'deferred')
      and (select withdrawn_at from notice where id = d.notice) is null
    returning notice`
  return begun !== undefined
}

/** What came of an attempt. */
export async function recordDelivery(
  q: Queries,
  d: Copy & {state: string; reply: string; now: Temporal.Instant; nextAt: Temporal.Instant},
): Promise<void> {
  await q.all`
    update delivery set state = ${d.state}, reply = ${d.reply}, attempts = attempts + 1, next_at = ${d.nextAt},
      claimed_by = null, claimed_until = null, changed_at = ${d.now},
      accepted_at = case when ${d.state} = 'accepted' then ${d.now}::timestamptz end
    where notice = ${d.notice} and contact = ${d.contact} and claimed_by = ${d.executor}
      and state in ('queued', 'deferred', 'sending', 'uncertain')`
}

/** Copies whose sender died between the first byte and the server's answer: nobody can know what became of them. */
export async function findUncertain(q: Queries, now: Temporal.Instant): Promise<DeliveryRow[]> {
  return q.all<DeliveryRow>`
    update delivery d set state = 'uncertain', changed_at = ${now}, reply = 'the sender ended before the answer was recorded'
    from notice n where n.id = d.notice and d.state = 'sending' and d.claimed_until <= ${now}
    returning d.*, n.tenant, n.created_at`
}

/** Queues copies again, under the same Message-ID: those that did not arrive, or may not have. */
export async function requeueDeliveries(
  q: Queries,
  {notice, states, now}: {notice: string; states: readonly string[]; now: Temporal.Instant},
): Promise<DeliveryRow[]> {
  return q.all<DeliveryRow>`
    update delivery d set state = 'queued', next_at = ${now}, changed_at = ${now}, claimed_by = null, claimed_until = null
    from notice n where n.id = d.notice and d.notice = ${notice} and d.state = any(${states}) and n.withdrawn_at is null
    returning d.*, n.tenant, n.created_at`
}

/** A message that had been accepted came back; false when no copy has that Message-ID. */
export async function recordBounce(
  q: Queries,
  {messageId, reply, now}: {messageId: string; reply: string; now: Temporal.Instant},
): Promise<DeliveryRow | undefined> {
  return q.one<DeliveryRow>`
    update delivery d set state = 'bounced', reply = ${reply}, changed_at = ${now}, accepted_at = null
    from notice n where n.id = d.notice and d.message_id = ${messageId} returning d.*, n.tenant, n.created_at`
}

/** What is not sent yet of an operation's notices never will be: its date is over or another. */
export async function withdrawNotices(q: Queries, operation: string, now: Temporal.Instant): Promise<void> {
  await q.all`update notice set withdrawn_at = ${now} where operation = ${operation} and withdrawn_at is null`
  await q.all`
    update delivery set state = 'withdrawn', changed_at = ${now}
    where state in ('queued', 'deferred') and notice in (select id from notice where operation = ${operation})`
}

/** How many copies of these tenants went out since then. */
export async function sentSince(q: Queries, tenants: readonly string[], since: Temporal.Instant): Promise<number> {
  const row = await q.one<{sent: number}>`
    select count(*)::int sent from delivery d join notice n on n.id = d.notice
    where n.tenant = any(${tenants}) and d.changed_at > ${since}
      and d.state in ('accepted', 'refused', 'sending', 'uncertain', 'bounced')`
  return row?.sent ?? 0
}

/** Tenants that have copies due. */
export async function tenantsDue(q: Queries, now: Temporal.Instant): Promise<string[]> {
  const rows = await q.all<{tenant: string}>`
    select distinct n.tenant from delivery d join notice n on n.id = d.notice
    where d.state in ('queued', 'deferred') and d.next_at <= ${now} order by 1`
  return rows.map(({tenant}) => tenant)
}

/** What is not sent yet of the notice of an event never will be: it did not happen. */
export async function withdrawNotice(q: Queries, event: string, now: Temporal.Instant): Promise<void> {
  await q.all`update notice set withdrawn_at = ${now} where event = ${event} and withdrawn_at is null`
  await q.all`
    update delivery set state = 'withdrawn', changed_at = ${now}
    where state in ('queued', 'deferred') and notice in (select id from notice where event = ${event})`
}
