import {mkdirSync} from 'node:fs'
import {join} from 'node:path'
import {type KeyEncryptionKey, reseal, unreadable} from '../secret/envelope.ts'
import {newKey, readKeys, writeKeys} from '../secret/key-file.ts'
import {writeWhole} from '../secret/private-file.ts'
import {type RecoveryKey, sealForRecovery} from '../secret/recovery.ts'
import {lockFile} from './file-lock.ts'
import type {Ledger, Queries} from './ledger.ts'
import {holdSecrets, putRecoverySeal, putSealed, recoverySeals, sealedByOthers} from './secret.ts'

export interface Rotated {
  readonly keyId: string
  /** Secrets sealed anew. */
  readonly secrets: number
  /** Recovery keys the new key was sealed to. */
  readonly recoveryKeys: number
}

interface Where {
  readonly keyFile: string
  readonly home: string
  /** No key is written: what the ledger got will be taken back. */
  readonly rehearsal?: boolean
}

/**
 * Seals every secret under a new key-encryption key. Safe to kill anywhere: both keys stand in the key file until no
 * secret needs the old one, and the next rotation finishes what was begun.
 */
export async function rotateSecrets(ledger: Ledger, where: Where): Promise<Rotated> {
  await using _ = await lockFile(`${where.keyFile}.lock`)
  const old = readKeys(where.keyFile)
  const next = newKey()
  const write = where.rehearsal ? () => {} : writeKeys
  write(where.keyFile, [next, ...old])
  const rotated = await ledger.transaction(async tx => ({
    keyId: next.id,
    secrets: await resealAll(tx, [next, ...old]),
    recoveryKeys: await resealForRecovery(tx, next, where),
  }))
  write(where.keyFile, [next])
  return rotated
}

/** Seals the key-encryption key to one more recovery key: a row in the ledger, and a file beside it. */
export async function addRecoveryKey(ledger: Queries, key: RecoveryKey, {keyFile, home}: Where): Promise<void> {
  const [first] = readKeys(keyFile)
  if (first) await keepSealed(ledger, first, {key, home, rehearsal: false})
}

async function resealAll(tx: Queries, [next, ...old]: readonly KeyEncryptionKey[]): Promise<number> {
  if (!next) return 0
  await holdSecrets(tx)
  const rows = await sealedByOthers(tx, next.id)
  for (const row of rows) {
    const from = old.find(({id}) => id === row.keyId)
    if (!from) throw unreadable(row.name, row.keyId)
    await putSealed(tx, {name: row.name, ...reseal(row, from, next)})
  }
  return rows.length
}

async function resealForRecovery(
  tx: Queries,
  next: KeyEncryptionKey,
  {home, rehearsal = false}: Pick<Where, 'home' | 'rehearsal'>,
): Promise<number> {
  const keys = await recoverySeals(tx)
  for (const key of keys) await keepSealed(tx, next, {key, home, rehearsal})
  return keys.length
}

async function keepSealed(
  ledger: Queries,
  kek: KeyEncryptionKey,
  {key, home, rehearsal}: {key: RecoveryKey; home: string; rehearsal: boolean},
): Promise<void> {
  const sealed = sealForRecovery(kek, key)
  const {fingerprint, pem} = key
  await putRecoverySeal(ledger, {fingerprint, pem, keyId: kek.id, sealed})
  if (rehearsal) return
  mkdirSync(join(home, 'recovery'), {recursive: true, mode: 0o700})
  writeWhole(join(home, 'recovery', `${fingerprint}.sealed`), sealed)
}
