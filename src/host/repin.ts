import {repinHost} from '../ledger/host.ts'
import type {Ledger} from '../ledger/ledger.ts'
import {fingerprintOf} from './fingerprint.ts'
import {hostNamed} from './list.ts'
import {type AskFingerprint, type KeyTyped, keyToPin} from './pin.ts'
import type {Ways} from './ways.ts'

export interface Repinned {
  readonly host: string
  /** Fingerprints. */
  readonly before: string
  readonly after: string
  readonly changed: boolean
}

/** How a person agrees to the change; refuses otherwise. */
export type Agree = (warning: string) => Promise<void>

/**
 * Pins another key for a host, as given or as it answers now; both fingerprints are named before.
 * Throws `Refusal` `not-found`, `confirmation-missing`, and those of `keyToPin`.
 */
export async function repin(
  {ledger, ways}: {readonly ledger: Ledger; readonly ways: Ways},
  typed: Omit<KeyTyped, 'address'>,
  {ask, agree, plan}: {readonly ask: AskFingerprint; readonly agree: Agree; readonly plan: boolean},
): Promise<Repinned> {
  const {name, address, hostKey} = await hostNamed(ledger, typed.name)
  const key = await keyToPin({...typed, address}, ways, ask)
  const [before, after] = [fingerprintOf(hostKey), fingerprintOf(key)]
  if (key === hostKey || plan) return {host: name, before, after, changed: key !== hostKey}
  await agree(
    `${name} was pinned to ${before} and will be pinned to ${after}: whoever holds that key is ${name} from now on.`,
  )
  await repinHost(ledger, name, key)
  return {host: name, before, after, changed: true}
}
