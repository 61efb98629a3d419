import type {Temporal} from 'temporal-polyfill'
import type {Queries} from './ledger.ts'

/** That an environment holds what another held. */
export interface CopyRow {
  readonly environment: string
  /** `acme/production` */
  readonly origin: string
  readonly moment: Temporal.Instant
  readonly masked: readonly string[]
  readonly madeAt: Temporal.Instant
  readonly liftedAt: Temporal.Instant | undefined
  readonly liftedBy: string | undefined
}

/** Of what and when an environment is a copy; undefined when it is none. */
export async function copyOf(q: Queries, environment: string): Promise<CopyRow | undefined> {
  return q.one<CopyRow>`select * from environment_copy where environment = ${environment}`
}

/** Writes down that it is one, in place of an earlier one. */
export async function putCopy(q: Queries, row: CopyRow): Promise<void> {
  const {environment, origin, moment, masked, madeAt, liftedAt, liftedBy} = row
  await q.all`
    insert into environment_copy (environment, origin, moment, masked, made_at, lifted_at, lifted_by)
    values (${environment}, ${origin}, ${moment}, ${masked}, ${madeAt}, ${liftedAt ?? null}, ${liftedBy ?? null})
    on conflict (environment) do update set (origin, moment, masked, made_at, lifted_at, lifted_by) = (excluded.origin,
      excluded.moment, excluded.masked, excluded.made_at, excluded.lifted_at, excluded.lifted_by)`
}

/** It is none. */
export async function deleteCopy(q: Queries, environment: string): Promise<void> {
  await q.all`delete from environment_copy where environment = ${environment}`
}

/** It may call out again from now on, on this contact's word; nobody's takes that back. */
export async function liftCopy(
  q: Queries,
  environment: string,
  lifted: {at: Temporal.Instant; by: string} | undefined,
): Promise<void> {
  await q.all`
    update environment_copy set lifted_at = ${lifted?.at ?? null}, lifted_by = ${lifted?.by ?? null}
    where environment = ${environment}`
}
