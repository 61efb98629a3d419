import type {Temporal} from 'temporal-polyfill'
import type {Queries} from './ledger.ts'

/** Where the monthly copy of an environment goes. */
export interface DestinationRow {
  readonly environment: string
  readonly protocol: 'ftps' | 'sftp' | 'ftp'
  readonly host: string
  readonly port: number
  readonly account: string
  readonly folder: string
  readonly trust: string | undefined
  readonly withKey: boolean
  readonly plainAcceptedBy: string | undefined
  readonly changedAt: Temporal.Instant
}

/** A copy that was made, and when it had arrived whole. */
export interface TransferRow {
  readonly run: string
  readonly environment: string
  readonly file: string
  readonly bytes: number
  readonly sha256: string
  readonly madeAt: Temporal.Instant
  readonly arrivedAt: Temporal.Instant | undefined
  readonly arrivedAtPlace: string | undefined
}

/** Every place copies go. */
export async function destinations(q: Queries): Promise<DestinationRow[]> {
  return q.all<DestinationRow>`select * from transfer_destination`
}

/** Sets one, in place of an earlier one. */
export async function putDestination(q: Queries, row: DestinationRow): Promise<void> {
  const {environment, protocol, host, port, account, folder, trust, withKey, plainAcceptedBy, changedAt} = row
  await q.all`
    insert into transfer_destination (environment, protocol, host, port, account, folder, trust, with_key, plain_accepted_by,
      changed_at)
    values (${environment}, ${protocol}, ${host}, ${port}, ${account}, ${folder}, ${trust ?? null}, ${withKey},
      ${plainAcceptedBy ?? null}, ${changedAt})
    on conflict (environment) do update set (protocol, host, port, account, folder, trust, with_key, plain_accepted_by,
      changed_at) = (excluded.protocol, excluded.host, excluded.port, excluded.account, excluded.folder, excluded.trust,
      excluded.with_key, excluded.plain_accepted_by, excluded.changed_at)`
}

/** No copies go anywhere any more. */
export async function deleteDestination(q: Queries, environment: string): Promise<void> {
  await q.all`delete from transfer_destination where environment = ${environment}`
}

/** Writes down that a copy was made; the same run again replaces what it had made. */
export async function putTransfer(q: Queries, row: TransferRow): Promise<void> {
  const {run, environment, file, bytes, sha256, madeAt} = row
  await q.all`
    insert into transfer (run, environment, file, bytes, sha256, made_at)
    values (${run}, ${environment}, ${file}, ${bytes}, ${sha256}, ${madeAt})
    on conflict (run) do update set (file, bytes, sha256, made_at)
      = (excluded.file, excluded.bytes, excluded.sha256, excluded.made_at)`
}

/** It has arrived there, and what arrived is what was made. */
export async function noteArrival(q: Queries, run: string, {at, place}: {at: Temporal.Instant; place: string}) {
  await q.all`update transfer set arrived_at = ${at}, arrived_at_place = ${place} where run = ${run}`
}

/** Forgets one that was given up. */
export async function deleteTransfer(q: Queries, run: string): Promise<void> {
  await q.all`delete from transfer where run = ${run}`
}

/** The copy of one run. */
export async function transferOf(q: Queries, run: string): Promise<TransferRow | undefined> {
  return q.one<TransferRow>`select * from transfer where run = ${run}`
}

/** The last copy of each environment that has arrived. */
export async function lastArrived(q: Queries): Promise<ReadonlyMap<string, TransferRow>> {
  const rows = await q.all<TransferRow>`
    select distinct on (environment) * from transfer where arrived_at is not null order by environment, arrived_at desc`
  return new Map(rows.map(row => [row.environment, row]))
}
