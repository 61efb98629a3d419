import type {Temporal} from 'temporal-polyfill'
import type {Queries} from './ledger.ts'

/** A job: which runbook is executed with which input, and when. */
export interface ScheduleRow {
  readonly name: string
  /** Five cron fields. */
  readonly recurrence: string
  /** IANA: 02:30 is meant there, on the days it changes its clocks too. */
  readonly zone: string
  readonly runbook: string
  readonly input: unknown
  /** A missed instant is fired once when somebody is there again. */
  readonly catchUp: boolean
  readonly since: Temporal.Instant
}

/** One instant of a job: its run, or that nobody was there. */
export interface FiringRow {
  readonly schedule: string
  readonly instant: Temporal.Instant
  readonly state: 'fired' | 'missed'
  readonly run: string | undefined
}

/** Adds a job or changes it; what it has fired stays. */
export async function putSchedule(q: Queries, job: Omit<ScheduleRow, 'since'>): Promise<void> {
  const {name, recurrence, zone, runbook, input, catchUp} = job
  await q.all`
    insert into schedule (name, recurrence, zone, runbook, input, catch_up)
    values (${name}, ${recurrence}, ${zone}, ${runbook}, ${JSON.stringify(input)}, ${catchUp})
    on conflict (name) do update set (recurrence, zone, runbook, input, catch_up, due_at)
      = (excluded.recurrence, excluded.zone, excluded.runbook, excluded.input, excluded.catch_up, null)`
}

/** Takes a job away, with what it has fired. */
export async function deleteSchedule(q: Queries, name: string): Promise<void> {
  await q.all`delete from schedule where name = ${name}`
}

/** A job with the last instant that was settled. */
export type SettledRow = ScheduleRow & {readonly settled: Temporal.Instant | undefined}

/** All jobs. */
export async function schedules(q: Queries): Promise<SettledRow[]> {
  return q.all`
    select name, recurrence, zone, runbook, input, catch_up, since,
      (select max(instant) from firing f where f.schedule = s.name) settled from schedule s order by name`
}

/** Those that may have an instant up to now: the others are not even read. */
export async function dueSchedules(q: Queries, now: Temporal.Instant): Promise<SettledRow[]> {
  return q.all`
    select name, recurrence, zone, runbook, input, catch_up, since,
      (select max(instant) from firing f where f.schedule = s.name) settled
    from schedule s where due_at is null or due_at <= ${now} order by name`
}

/** A job and from when on it is to be looked at again; never when it has ended. */
export interface DueRow {
  readonly job: Pick<ScheduleRow, 'name' | 'recurrence' | 'zone'>
  readonly at: Temporal.Instant | undefined
}

/** Notes when jobs are due; one that was given another recurrence meanwhile is looked at now. */
export async function putDue(q: Queries, dues: readonly DueRow[]): Promise<void> {
  const [names, recurrences, zones] = (['name', 'recurrence', 'zone'] as const).map(key =>
    dues.map(({job}) => job[key]),
  )
  await q.all`
    update schedule s set due_at = coalesce(d.at::timestamptz, 'infinity')
    from unnest(${names}::text[], ${recurrences}::text[], ${zones}::text[],
      ${dues.map(({at}) => at?.toString() ?? null)}::text[]) as d (name, recurrence, zone, at)
    where s.name = d.name and s.recurrence = d.recurrence and s.zone = d.zone`
}

/** Settles an instant; false when it was settled before. */
export async function settle(q: Queries, firing: FiringRow): Promise<boolean> {
  const {schedule, instant, state, run} = firing
  const rows = await q.all`
    insert into firing (schedule, instant, state, run) values (${schedule}, ${instant}, ${state}, ${run})
    on conflict do nothing returning schedule`
  return rows.length === 1
}

/** The last instants of a job, the newest first. */
export async function firings(q: Queries, schedule: string, limit = 10): Promise<FiringRow[]> {
  return q.all`select * from firing where schedule = ${schedule} order by instant desc limit ${limit}`
}
