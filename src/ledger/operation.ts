import type {Temporal} from 'temporal-polyfill'
import type {Queries} from './ledger.ts'

export type OperationState = 'planned' | 'running' | 'done' | 'cancelled'

/** A change with a date on one environment. */
export interface OperationRow {
  readonly id: string
  /** Shared by what was planned together. */
  readonly plan: string
  /** `acme/production` */
  readonly environment: string
  readonly change: string
  readonly title: string
  readonly state: OperationState
  readonly fromAt: Temporal.Instant
  readonly untilAt: Temporal.Instant
  /** Grows with each new date. */
  readonly sequence: number
  readonly slotBecause: string | undefined
  readonly agreedBy: string | undefined
  readonly agreedAt: Temporal.Instant | undefined
  readonly trial: unknown
  /** The host it works on, where it is about one. */
  readonly host: string | undefined
  readonly run: string | undefined
  readonly closedSeconds: number | undefined
  readonly operator: string
  readonly reason: string | undefined
  readonly ticket: string | undefined
  readonly plannedAt: Temporal.Instant
  readonly endedAt: Temporal.Instant | undefined
  /** When the last contact's server had accepted the notice of this date. */
  readonly noticeAcceptedAt: Temporal.Instant | undefined
}

export interface OperationFilter {
  readonly ids?: readonly string[] | undefined
  /** Full names. */
  readonly environments?: readonly string[] | undefined
  readonly plan?: string | undefined
  /** Those that end after it. */
  readonly since?: Temporal.Instant | undefined
  readonly states?: readonly OperationState[] | undefined
}

/** Operations, the earliest first. */
export async function operations(q: Queries, filter: OperationFilter = {}): Promise<OperationRow[]> {
  const {ids = null, environments = null, plan = null, since = null, states = null} = filter
  return q.all<OperationRow>`
    select o.id, o.plan, e.tenant || '/' || e.name environment, o.change, o.title, o.state, o.from_at, o.until_at, o.sequence,
      o.slot_because, o.agreed_by, o.agreed_at, o.trial, o.host, o.run, o.closed_seconds, o.operator, o.reason, o.ticket, o.planned_at,
      o.ended_at,
      (select s.accepted_at from notice n join notice_sent s on s.notice = n.id
        where n.operation = o.id and n.sequence = o.sequence and n.kind in ('maintenance-planned', 'maintenance-moved')
        limit 1) notice_accepted_at
    from operation o join environment e on e.id = o.environment
    where (${ids}::text[] is null or o.id = any(${ids}))
      and (${environments}::text[] is null or e.tenant || '/' || e.name = any(${environments}))
      and (${plan}::text is null or o.plan = ${plan})
      and (${since}::timestamptz is null or o.until_at > ${since})
      and (${states}::text[] is null or o.state = any(${states}))
    order by o.from_at, o.id`
}

export type NewOperation = Pick<
  OperationRow,
  'id' | 'plan' | 'environment' | 'change' | 'title' | 'fromAt' | 'untilAt' | 'operator' | 'plannedAt'
> &
  Partial<Pick<OperationRow, 'slotBecause' | 'agreedBy' | 'agreedAt' | 'trial' | 'host' | 'reason' | 'ticket'>>

/** Plans an operation. */
export async function insertOperation(q: Queries, o: NewOperation): Promise<void> {
  await q.all`
    insert into operation (id, plan, environment, change, title, state, from_at, until_at, slot_because, agreed_by, agreed_at,
      trial, host, operator, reason, ticket, planned_at)
    select ${o.id}, ${o.plan}, id, ${o.change}, ${o.title}, 'planned', ${o.fromAt}, ${o.untilAt}, ${o.slotBecause ?? null},
      ${o.agreedBy ?? null}, ${o.agreedAt ?? null}, ${o.trial === undefined ? null : JSON.stringify(o.trial)}, ${o.host ?? null}, ${o.operator},
      ${o.reason ?? null}, ${o.ticket ?? null}, ${o.plannedAt}
    from environment where tenant || '/' || name = ${o.environment}`
}

/** Gives a planned operation another date; what was agreed and announced is void. False when it is not planned. */
export async function moveOperation(
  q: Queries,
  {id, fromAt, untilAt, slotBecause}: Pick<OperationRow, 'id' | 'fromAt' | 'untilAt' | 'slotBecause'>,
): Promise<boolean> {
  const moved = await q.one`
    update operation set from_at = ${fromAt}, until_at = ${untilAt}, slot_because = ${slotBecause ?? null}, agreed_by = null,
      agreed_at = null, sequence = sequence + 1
    where id = ${id} and state = 'planned' returning id`
  return moved !== undefined
}

/** Moves an operation on: begun by a run, done with the time users were shut out, or cancelled. */
export async function settleOperation(
  q: Queries,
  {
    id,
    state,
    at,
    run,
    closedSeconds,
  }: {
    id: string
    state: Exclude<OperationState, 'planned'>
    at: Temporal.Instant
    run?: string | undefined
    closedSeconds?: number | undefined
  },
): Promise<void> {
  await q.all`
    update operation set state = ${state}, run = coalesce(${run ?? null}, run),
      closed_seconds = coalesce(${closedSeconds ?? null}, closed_seconds), ended_at = case when ${state} <> 'running' then ${at}::timestamptz end
    where id = ${id} and state in ('planned', 'running')`
}

/** It was begun and nothing came of it: it waits for its slot as before. */
export async function replanOperation(q: Queries, id: string): Promise<void> {
  await q.all`update operation set state = 'planned', run = null where id = ${id} and state = 'running'`
}
