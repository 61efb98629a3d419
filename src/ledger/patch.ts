import type {Temporal} from 'temporal-polyfill'
import type {Queries} from './ledger.ts'

/** What patching a host found, and what it left. */
export interface PatchRow {
  readonly run: string
  readonly host: string
  readonly plan: string
  readonly at: Temporal.Instant
  /** Versions by package. */
  readonly before: Readonly<Record<string, string>>
  readonly upgrades: unknown
  readonly kept: readonly string[] | undefined
  readonly after: Readonly<Record<string, string>> | undefined
  readonly restarted: boolean | undefined
}

/** Keeps what was found; the first word of a run stays. */
export async function insertPatch(q: Queries, row: Omit<PatchRow, 'kept' | 'after' | 'restarted'>): Promise<void> {
  const {run, host, plan, at, before, upgrades} = row
  await q.all`
    insert into patch (run, host, plan, at, before, upgrades)
    values (${run}, ${host}, ${plan}, ${at}, ${JSON.stringify(before)}, ${JSON.stringify(upgrades)})
    on conflict (run) do nothing`
}

/** Adds what is known now. */
export async function putPatch(
  q: Queries,
  run: string,
  {kept, after, restarted}: Partial<Pick<PatchRow, 'kept' | 'after' | 'restarted'>>,
): Promise<void> {
  const json = (value: unknown) => (value === undefined ? null : JSON.stringify(value))
  await q.all`
    update patch set kept = coalesce(${json(kept)}::jsonb, kept), after = coalesce(${json(after)}::jsonb, after),
      restarted = coalesce(${restarted ?? null}, restarted)
    where run = ${run}`
}

/** What a run found. */
export async function patchOf(q: Queries, run: string): Promise<PatchRow | undefined> {
  return q.one<PatchRow>`select * from patch where run = ${run}`
}
