import {createHash} from 'node:crypto'
import type {Temporal} from 'temporal-polyfill'
import {canonical} from './canonical.ts'
import type {Ledger, Queries} from './ledger.ts'
import {masked, maskedText} from './mask.ts'

/** Who did it: the operator who signed, and where it ran. */
export interface Actor {
  /** E-mail address. */
  readonly operator: string
  /** Of the operating system. */
  readonly account: string
  readonly machine: string
}

/** What is written down: one thing that was asked, done, or changed on a host. */
export interface Entry extends Actor {
  readonly at: Temporal.Instant
  readonly kind: 'command' | 'run' | 'step' | 'lock' | 'host'
  readonly subject: string
  readonly tenant?: string | undefined
  readonly run?: string | undefined
  readonly step?: string | undefined
  readonly reason?: string | undefined
  readonly ticket?: string | undefined
  readonly planHash?: string | undefined
  /** One word: `asked`, `done`, `refused`, `failed`, a step's or a run's state. */
  readonly result: string
  readonly body?: unknown
  /** Of the operator, over the request in `body`. */
  readonly signature?: string | undefined
}

/** An entry as it stands: numbered, linked to the one before it in the ledger and in its tenant, and hashed. */
export interface JournalRow {
  readonly sequence: number
  /** RFC 3339 with six digits, so that it is hashed as it is shown. */
  readonly at: string
  readonly kind: Entry['kind']
  readonly tenant: string | undefined
  readonly subject: string
  readonly run: string | undefined
  readonly step: string | undefined
  readonly operator: string
  readonly account: string
  readonly machine: string
  readonly reason: string | undefined
  readonly ticket: string | undefined
  readonly planHash: string | undefined
  readonly result: string
  readonly body: unknown
  readonly signature: string | undefined
  /** Hexadecimal, as the two below. */
  readonly previous: string
  readonly previousOfTenant: string | undefined
  readonly hash: string
}

/** What the first entry of a chain is linked to. */
export const beginning = '0'.repeat(64)

/** Adds an entry; in a caller's transaction it stands or falls with it. One appender at a time. */
export async function append(ledger: Ledger | Queries, entry: Entry): Promise<JournalRow> {
  const [row] = await appendAll(ledger, [entry])
  return row as JournalRow
}

/** Adds several at once, in order. */
export async function appendAll(ledger: Ledger | Queries, entries: readonly Entry[]): Promise<JournalRow[]> {
  if ('transaction' in ledger) return ledger.transaction(tx => appendAll(tx, entries))
  await ledger.all`select pg_advisory_xact_lock(7274151)`
  const rows: JournalRow[] = []
  for (const entry of entries) {
    const row = linked(entry, await heads(ledger, entry.tenant))
    await insert(ledger, row)
    rows.push(row)
  }
  return rows
}

/** The hash of an entry: SHA-256 over the canonical JSON of all its other properties. */
export function hashOf({hash: _, ...row}: Omit<JournalRow, 'hash'> & {hash?: string}): string {
  return createHash('sha256').update(canonical(row)).digest('hex')
}

interface Heads {
  readonly sequence: number
  readonly hash: string
  readonly hashOfTenant: string | undefined
}

/** An entry in its place behind those heads; pure. */
export function linked(entry: Entry, {sequence, hash, hashOfTenant}: Heads): JournalRow {
  const {at, body, tenant, reason, ticket} = entry
  const row = {
    sequence: sequence + 1,
    at: at.toString({fractionalSecondDigits: 6}),
    kind: entry.kind,
    tenant,
    subject: maskedText(entry.subject),
    run: entry.run,
    step: entry.step,
    operator: entry.operator,
    account: entry.account,
    machine: entry.machine,
    reason: reason === undefined ? undefined : maskedText(reason),
    ticket: ticket === undefined ? undefined : maskedText(ticket),
    planHash: entry.planHash,
    result: entry.result,
    body: masked(body),
    signature: entry.signature,
    previous: hash,
    previousOfTenant: tenant === undefined ? undefined : (hashOfTenant ?? beginning),
  }
  return {...row, hash: hashOf(row)}
}

async function heads(tx: Queries, tenant: string | undefined): Promise<Heads> {
  const last = await tx.one<{sequence: number; hash: string}>`
    select sequence, encode(hash, 'hex') as hash from journal order by sequence desc limit 1`
  const ofTenant =
    tenant === undefined
      ? undefined
      : await tx.one<{hash: string}>`
        select encode(hash, 'hex') as hash from journal where tenant = ${tenant} order by sequence desc limit 1`
  return {sequence: last?.sequence ?? 0, hash: last?.hash ?? beginning, hashOfTenant: ofTenant?.hash}
}

async function insert(tx: Queries, row: JournalRow): Promise<void> {
  await tx.all`
    insert into journal (sequence, at, kind, tenant, subject, run, step, operator, account, machine, reason, ticket,
      plan_hash, result, body, signature, previous, previous_of_tenant, hash)
    values (${row.sequence}, ${row.at}, ${row.kind}, ${row.tenant}, ${row.subject}, ${row.run}, ${row.step},
      ${row.operator}, ${row.account}, ${row.machine}, ${row.reason}, ${row.ticket}, ${row.planHash}, ${row.result},
      ${JSON.stringify(row.body)}, ${row.signature}, decode(${row.previous}, 'hex'),
      decode(${row.previousOfTenant}, 'hex'), decode(${row.hash}, 'hex'))`
}
