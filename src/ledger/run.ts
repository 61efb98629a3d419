import type {Temporal} from 'temporal-polyfill'
import {Refusal} from '../error.ts'
import type {Queries} from './ledger.ts'
import type {RunState, StepRecord, Stopped} from './run-record.ts'

/** What an operator asked for, signed. */
interface AskedRun {
  readonly id: string
  readonly runbook: string
  readonly title: string
  readonly change: string
  readonly input: unknown
  readonly inputHash: string
  readonly subject: string
  readonly tenant: string | undefined
  readonly environments: readonly string[]
  readonly locks: readonly string[]
  readonly operator: string
  readonly reason: string | undefined
  readonly request: unknown
  readonly signature: string
  /** Who follows it, or will; none leaves it to any worker. */
  readonly executor: string | undefined
}

export interface NewRun extends AskedRun {
  readonly planHash?: string | undefined
}

export interface RunRow extends AskedRun {
  readonly planHash: string | undefined
  readonly state: RunState
  readonly stopped: Stopped | undefined
  readonly attempt: number
  readonly queuedAt: Temporal.Instant
  readonly startedAt: Temporal.Instant | undefined
  readonly endedAt: Temporal.Instant | undefined
}

/** The states in which a run still wants something. */
export const unfinished: readonly RunState[] = ['queued', 'running', 'stopped', 'undoing']

/** Writes a run as `queued`; false when an unfinished one of the same runbook and subject is there. */
export async function insertRun(q: Queries, run: NewRun): Promise<boolean> {
  const rows = await q.all`
    insert into run (id, runbook, title, change, input, input_hash, subject, tenant, environments, locks, state, operator,
      reason, request, signature, plan_hash, executor)
    values (${run.id}, ${run.runbook}, ${run.title}, ${run.change}, ${JSON.stringify(run.input)}, ${run.inputHash},
      ${run.subject}, ${run.tenant ?? null}, ${run.environments}, ${run.locks}, 'queued', ${run.operator},
      ${run.reason ?? null}, ${JSON.stringify(run.request)}, ${run.signature}, ${run.planHash ?? null},
      ${run.executor ?? null})
    on conflict do nothing
    returning id`
  return rows.length === 1
}

/** One run, or `Refusal('not-found')`. */
export async function runById(q: Queries, id: string): Promise<RunRow> {
  const [row] = await runs(q, {id})
  if (!row) throw new Refusal('not-found', `There is no run ${id}.`, {remedies: ['selfhelp run list']})
  return row
}

/** The one run of this runbook about this subject that has not ended. */
export async function unfinishedRun(q: Queries, runbook: string, subject: string): Promise<RunRow | undefined> {
  const [row] = await runs(q, {runbook, subject, states: unfinished})
  return row
}

export interface RunFilter {
  readonly id?: string
  readonly runbook?: string
  readonly subject?: string
  readonly tenant?: string
  readonly inputHash?: string
  readonly states?: readonly RunState[]
  readonly limit?: number
}

/** Runs, the newest first. */
export async function runs(q: Queries, filter: RunFilter = {}): Promise<RunRow[]> {
  const {id, runbook, subject, tenant, inputHash, states, limit = 50} = filter
  return q.all<RunRow>`
    select * from run
    where id = coalesce(${id}, id) and runbook = coalesce(${runbook}, runbook) and subject = coalesce(${subject}, subject)
      and (${tenant}::text is null or tenant = ${tenant}) and input_hash = coalesce(${inputHash}, input_hash)
      and (${states}::text[] is null or state = any(${states}))
    order by queued_at desc limit ${limit}`
}

/** The records of a run, in the order of its steps. */
export async function stepsOfRun(q: Queries, run: string): Promise<StepRow[]> {
  const rows = await q.all<Omit<StepRow, keyof Detail> & {detail: Detail}>`
    select position, name, state, detail, started_at, ended_at
    from run_step where run = ${run} order by position`
  return rows.map(({detail, ...row}) => ({...row, ...detail}))
}

type Detail = Pick<StepRecord, 'trouble' | 'untouched' | 'until' | 'closes'>

export interface StepRow extends StepRecord {
  readonly startedAt: Temporal.Instant
  readonly endedAt: Temporal.Instant | undefined
}

/** Runs with a bracket that is open, and since when: what `run list` shows first. */
export async function openBrackets(q: Queries): Promise<{run: string; step: string; until: string}[]> {
  return q.all`
    select s.run, s.name step, s.detail->>'until' until
    from run_step s join run r on r.id = s.run
    where r.state in ('queued', 'running', 'stopped', 'undoing') and s.detail ? 'until' and s.state in ('making', 'made')
      and not exists (select from run_step c where c.run = s.run and c.detail->>'closes' = s.name and c.state in ('made', 'held'))
    order by until`
}

/** Which executor follows the run in which attempt; everything it writes is refused once somebody else took it. */
export interface Attempt {
  readonly run: string
  readonly attempt: number
  readonly executor: string
}

/** Makes this executor the follower; the attempt grows. Undefined when the run has moved on since it was read. */
export async function takeRun(
  tx: Queries,
  row: Pick<RunRow, 'id' | 'attempt'>,
  executor: string,
): Promise<Attempt | undefined> {
  const taken = await tx.one<{attempt: number}>`
    update run set attempt = attempt + 1, executor = ${executor}, started_at = coalesce(started_at, now())
    where id = ${row.id} and attempt = ${row.attempt} and state in ('queued', 'running', 'stopped', 'undoing')
    returning attempt`
  return taken && {run: row.id, attempt: taken.attempt, executor}
}

/** Lets nobody follow it: what the last executor still writes is refused. */
export async function supersedeRun(tx: Queries, run: string, stopped: Stopped): Promise<void> {
  await tx.all`
    update run set attempt = attempt + 1, executor = null, state = 'stopped', stopped = ${JSON.stringify(stopped)}
    where id = ${run} and state in ('queued', 'running', 'stopped', 'undoing')`
}

/** Ends a run that was asked for here and never begun; what the person was told is what happens. */
export async function withdrawRun(q: Queries, asked: {run: string; executor: string}, stopped: Stopped): Promise<void> {
  await q.all`
    update run set state = 'undone', stopped = ${JSON.stringify(stopped)}, executor = null, ended_at = now()
    where id = ${asked.run} and state = 'queued' and attempt = 0 and executor = ${asked.executor}`
}

/** Gives a stopped run to whichever worker comes next. */
export async function requeueRun(q: Queries, run: string): Promise<void> {
  await q.all`update run set state = 'queued' where id = ${run} and state = 'stopped' and executor is null`
}

/** A number nobody follows is passed over, so that the run can be given to the workers again. */
export async function skipAttempt(q: Queries, {run, attempt}: {run: string; attempt: number}): Promise<void> {
  await q.all`update run set attempt = ${attempt} where id = ${run} and attempt = ${attempt - 1}`
}

/** Runs that want an executor: asked for and left to the workers, or whose executor may be dead. */
export async function waitingRuns(q: Queries, executor: string): Promise<RunRow[]> {
  return q.all<RunRow>`
    select * from run
    where state in ('queued', 'running', 'undoing') and (executor is null or executor <> ${executor})
    order by queued_at limit 100`
}

/** Writes one step's state. Throws `Refusal('epoch-superseded')`. */
export async function recordStep(tx: Queries, attempt: Attempt, record: StepRecord): Promise<void> {
  await assertStill(tx, attempt)
  const {position, name, state, ...detail} = record
  await tx.all`
    insert into run_step (run, position, name, state, detail, ended_at)
    values (${attempt.run}, ${position}, ${name}, ${state}, ${JSON.stringify(detail)},
      case when ${state} <> 'making' then now() end)
    on conflict (run, position) do update set state = excluded.state, detail = excluded.detail, ended_at = excluded.ended_at,
      started_at = case when excluded.state = 'making' then now() else run_step.started_at end`
}

/** Writes the run's state; an ended or stopped one is followed by nobody. Throws `Refusal('epoch-superseded')`. */
export async function recordState(
  tx: Queries,
  attempt: Attempt,
  {state, stopped}: {state: RunState; stopped?: Stopped | undefined},
): Promise<void> {
  await assertStill(tx, attempt)
  const ended = ['done', 'undone', 'abandoned'].includes(state)
  await tx.all`
    update run set state = ${state}, stopped = ${stopped ? JSON.stringify(stopped) : null},
      executor = case when ${ended || state === 'stopped'} then null else executor end,
      ended_at = case when ${ended} then now() end
    where id = ${attempt.run}`
}

async function assertStill(tx: Queries, {run, attempt, executor}: Attempt): Promise<void> {
  const row = await tx.one<{attempt: number; executor: string | undefined}>`
    select attempt, executor from run where id = ${run} for update`
  if (row?.attempt === attempt && row.executor === executor) return
  throw new Refusal('epoch-superseded', `Run ${run} was taken over by another executor; this one wrote nothing more.`, {
    runId: run,
    remedies: [`selfhelp run show ${run}`],
  })
}

/** What the journal says of a run, in order. */
export async function journalOfRun(q: Queries, run: string): Promise<Record<string, unknown>[]> {
  return q.all`
    select sequence, at, kind, tenant, subject, run, step, operator, account, machine, reason, ticket, plan_hash, result, body,
      encode(hash, 'hex') hash
    from journal where run = ${run} order by sequence`
}

/** What DBOS knows of the attempts at a run; nothing before the first one. */
export async function attemptsOfRun(q: Queries, run: string): Promise<Record<string, unknown>[]> {
  const there = await q.one`select from pg_tables where schemaname = 'dbos' and tablename = 'workflow_status'`
  if (!there) return []
  return q.all`
    select workflow_uuid, status, executor_id, queue_name, created_at, updated_at,
      (select json_agg(json_build_object('part', function_name, 'error', error) order by function_id)
       from dbos.operation_outputs o where o.workflow_uuid = w.workflow_uuid) parts
    from dbos.workflow_status w where starts_with(workflow_uuid, ${run} || '/') order by created_at`
}
