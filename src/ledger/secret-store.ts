import {type KeyEncryptionKey, open, seal, unreadable} from '../secret/envelope.ts'
import {readKeys} from '../secret/key-file.ts'
import type {Secret} from '../secret/secret.ts'
import type {Ledger, Queries} from './ledger.ts'
import {putSealed, removeSealed, sealedSecret, shareSecrets} from './secret.ts'

/** Secrets by name; they lie in the ledger sealed, and are opened here only. */
export interface SecretStore {
  /** Undefined when there is none of that name; a Refusal `secret-unreadable` when no key at hand opens it. */
  get(name: string): Promise<Secret | undefined>
  /** In place of an earlier one of that name. */
  put(name: string, value: Secret): Promise<void>
  remove(name: string): Promise<void>
}

/** The store on a ledger, or on a transaction of it. */
export function secretStore(ledger: Ledger | Queries, keyFile: string): SecretStore {
  let read: KeyEncryptionKey[] = []
  const keys = (): KeyEncryptionKey[] => {
    read = readKeys(keyFile)
    return read
  }
  const known = (id: string) => read.find(key => key.id === id) ?? keys().find(key => key.id === id)
  return {
    async get(name) {
      const row = await sealedSecret(ledger, name)
      if (!row) return undefined
      const key = known(row.keyId)
      if (!key) throw unreadable(name, row.keyId)
      return open(name, row, key)
    },
    put: (name, value) =>
      inside(ledger, async tx => {
        // A rotation holds this table while it seals anew: after it we read its key, before it our row is sealed anew.
        await shareSecrets(tx)
        const [key] = keys()
        if (key) await putSealed(tx, {name, ...seal(name, value, key)})
      }),
    remove: name => removeSealed(ledger, name),
  }
}

function inside<T>(ledger: Ledger | Queries, work: (tx: Queries) => Promise<T>): Promise<T> {
  return 'transaction' in ledger ? ledger.transaction(work) : work(ledger)
}
