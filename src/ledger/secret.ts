import type {Sealed} from '../secret/envelope.ts'
import type {RecoveryKey} from '../secret/recovery.ts'
import type {Queries} from './ledger.ts'

export interface SecretRow extends Sealed {
  readonly name: string
}

/** One sealed value. */
export async function sealedSecret(ledger: Queries, name: string): Promise<SecretRow | undefined> {
  return ledger.one<SecretRow>`select name, key_id, sealed from secret where name = ${name}`
}

/** Every name there is. */
export async function secretNames(ledger: Queries): Promise<string[]> {
  return (await ledger.all<{name: string}>`select name from secret order by name`).map(({name}) => name)
}

/** Stores a sealed value, in place of an earlier one of that name. */
export async function putSealed(ledger: Queries, {name, keyId, sealed}: SecretRow): Promise<void> {
  await ledger.all`
    insert into secret (name, key_id, sealed) values (${name}, ${keyId}, ${sealed})
    on conflict (name) do update set key_id = excluded.key_id, sealed = excluded.sealed, rotated_at = now()`
}

/** Forgets a secret. */
export async function removeSealed(ledger: Queries, name: string): Promise<void> {
  await ledger.all`delete from secret where name = ${name}`
}

/** Until the transaction ends no rotation begins. */
export async function shareSecrets(tx: Queries): Promise<void> {
  await tx.all`lock table secret in row exclusive mode`
}

/** Until the transaction ends nobody stores a secret. */
export async function holdSecrets(tx: Queries): Promise<void> {
  await tx.all`lock table secret in exclusive mode`
}

/** Sealed values that another key than this one sealed. */
export async function sealedByOthers(tx: Queries, keyId: string): Promise<SecretRow[]> {
  return tx.all<SecretRow>`select name, key_id, sealed from secret where key_id <> ${keyId} order by name`
}

/** The recovery keys, with the key-encryption key as sealed to each. */
export async function recoverySeals(ledger: Queries): Promise<(RecoveryKey & Sealed)[]> {
  return ledger.all`select fingerprint, pem, key_id, sealed from recovery_key order by fingerprint`
}

/** Keeps what a recovery key opens. */
export async function putRecoverySeal(
  ledger: Queries,
  {fingerprint, pem, keyId, sealed}: RecoveryKey & Sealed,
): Promise<void> {
  await ledger.all`
    insert into recovery_key (fingerprint, pem, key_id, sealed) values (${fingerprint}, ${pem}, ${keyId}, ${sealed})
    on conflict (fingerprint) do update set key_id = excluded.key_id, sealed = excluded.sealed, sealed_at = now()`
}
