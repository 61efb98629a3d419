import type {Temporal} from 'temporal-polyfill'
import type {Queries} from './ledger.ts'

/** `machine` operators sign what nobody typed; they never approve. */
export type OperatorRole = 'cmc' | 'approver' | 'machine'

export interface OperatorRow {
  readonly email: string
  readonly role: OperatorRole
  /** `ssh-ed25519 AAAA…`, without a comment. */
  readonly publicKey: string
  readonly addedAt: Temporal.Instant
  readonly retiredAt: Temporal.Instant | undefined
}

/** Every operator there ever was, by address. */
export async function operators(ledger: Queries): Promise<OperatorRow[]> {
  return ledger.all<OperatorRow>`select * from operator order by email`
}

/** The operator who holds this public key, retired or not. */
export async function operatorByKey(ledger: Queries, publicKey: string): Promise<OperatorRow | undefined> {
  return ledger.one<OperatorRow>`select * from operator where public_key = ${publicKey}`
}

/** One operator. */
export async function operator(ledger: Queries, email: string): Promise<OperatorRow | undefined> {
  return ledger.one<OperatorRow>`select * from operator where email = ${email}`
}

/** Adds an operator; false when the address or the key is taken. */
export async function addOperator(
  ledger: Queries,
  {email, role, publicKey}: Pick<OperatorRow, 'email' | 'role' | 'publicKey'>,
): Promise<boolean> {
  const added = await ledger.one`
    insert into operator (email, role, public_key) values (${email}, ${role}, ${publicKey})
    on conflict do nothing returning email`
  return added !== undefined
}

/** From now on nothing this operator signs is accepted; the row stays, so that old signatures can be verified. */
export async function retireOperator(ledger: Queries, email: string, at: Temporal.Instant): Promise<void> {
  await ledger.all`update operator set retired_at = ${at} where email = ${email} and retired_at is null`
}

/**
 * True when the journal has this request before the one that retired its operator. The journal's order is nobody's to
 * choose; the instant within a request is whatever its signer wrote.
 */
export async function askedBeforeRetiring(
  ledger: Queries,
  {email, signature}: {readonly email: string; readonly signature: string},
): Promise<boolean> {
  const row = await ledger.one<{before: boolean | undefined}>`
    select (select min(sequence) from journal
        where signature = ${signature} and operator = ${email} and result in ('queued', 'asked'))
      < (select min((body->>'asked')::bigint) from journal
        where kind = 'command' and subject = ${email} and result = 'done' and body->>'command' = 'operator retire') as before`
  return row?.before === true
}
