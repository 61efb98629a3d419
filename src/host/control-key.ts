import {Refusal} from '../error.ts'
import type {Queries} from '../ledger/ledger.ts'
import type {SecretStore} from '../ledger/secret-store.ts'
import {setting} from '../ledger/setting.ts'
import type {Secret} from '../secret/secret.ts'
import {controlKeySecret} from './model.ts'

/** The control plane's own key to hosts. */
export interface ControlKey {
  readonly key: Secret
  /** `ssh-ed25519 AAAA…`, without a comment. */
  readonly publicKey: string
}

/** The key `init` made, out of the secret store. Throws `Refusal('ledger-missing')` when it was never made. */
export async function readControlKey(ledger: Queries, secrets: SecretStore): Promise<ControlKey> {
  const [key, publicKey] = [await secrets.get(controlKeySecret), await setting(ledger, 'ssh-public-key')]
  if (key === undefined || publicKey === undefined)
    throw new Refusal('ledger-missing', "The control plane's SSH key was never made.", {remedies: ['selfhelp init']})
  return {key, publicKey}
}
