import type {Queries} from './ledger.ts'

interface Process {
  readonly id: string
  readonly machine: string
  readonly pid: number
  readonly purpose: string
}

/** A process that follows runs makes itself known. */
export async function enrolExecutor(q: Queries, {id, machine, pid, purpose}: Process): Promise<void> {
  // Commands come and go: what has been silent for a week is of no use to anybody.
  await q.all`delete from executor where heartbeat_at < now() - interval '7 days'`
  await q.all`insert into executor (id, machine, pid, purpose) values (${id}, ${machine}, ${pid}, ${purpose})
    on conflict (id) do update set heartbeat_at = now(), ended_at = null`
}

/** It lives, and so do the locks it holds. */
export async function beat(q: Queries, executor: string): Promise<void> {
  await q.all`update executor set heartbeat_at = now() where id = ${executor}`
  // In the order in which they are taken: two that each wait for the other's row would be ended by PostgreSQL.
  await q.all`update lock set heartbeat_at = now()
    where name in (select name from lock where executor = ${executor} order by name for update)`
}

/** It has ended in good order. */
export async function dismissExecutor(q: Queries, executor: string): Promise<void> {
  await q.all`update executor set ended_at = now() where id = ${executor}`
}

export interface ExecutorRow {
  readonly id: string
  readonly machine: string
  readonly pid: number
  readonly purpose: string
  /** Ended, or no heartbeat for 30 s by the ledger's clock. */
  readonly silent: boolean
}

/** One executor, as the ledger knows it. */
export async function executorById(q: Queries, id: string): Promise<ExecutorRow | undefined> {
  return q.one`
    select id, machine, pid, purpose, ended_at is not null or heartbeat_at < now() - interval '30 seconds' silent
    from executor where id = ${id}`
}
