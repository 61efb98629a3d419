import {createHash} from 'node:crypto'
import {Secret} from '../secret/secret.ts'
import {canonical} from './canonical.ts'
import type {SecretStore} from './secret-store.ts'

/**
 * What whoever can write to the ledger must not be able to choose: operators' keys and hosts' keys. Beside each row its
 * digest lies sealed by the key-encryption key, which is not in the ledger.
 */
export interface Anchors {
  /** From now on this is what stands under that name. */
  put(kind: Kind, name: string, value: object): Promise<void>
  /** True when exactly this was put there by somebody who had the key. */
  holds(kind: Kind, name: string, value: object): Promise<boolean>
  remove(kind: Kind, name: string): Promise<void>
}

export type Kind = 'operator' | 'host'

/** Anchors in the secret store, so that they are sealed anew with everything else. */
export function anchorsIn(secrets: SecretStore): Anchors {
  return {
    put: (kind, name, value) => secrets.put(nameOf(kind, name), new Secret(digest(value))),
    holds: async (kind, name, value) => (await secrets.get(nameOf(kind, name)))?.expose() === digest(value),
    remove: (kind, name) => secrets.remove(nameOf(kind, name)),
  }
}

const nameOf = (kind: Kind, name: string) => `anchor/${kind}/${name}`

function digest(value: object): string {
  return createHash('sha256')
    .update(`anchor ${canonical(value)}`)
    .digest('hex')
}
