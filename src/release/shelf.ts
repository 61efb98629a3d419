import type {Ledger, Queries} from '../ledger/ledger.ts'
import {type SecretStore, secretStore} from '../ledger/secret-store.ts'
import {keyFileOf} from '../secret/key-file.ts'

/** Where releases are known and kept. */
export interface Shelf {
  readonly ledger: Queries
  readonly secrets: SecretStore
  /** `SELFHELP_HOME`; archives lie in its folder `releases`. */
  readonly home: string
  /** Nothing is put there: what the ledger got will be taken back. */
  readonly rehearsal?: boolean
}

interface Home {
  readonly rehearsal?: boolean
  readonly home: string
  readonly env: NodeJS.ProcessEnv
  ledger(): Promise<Ledger>
}

/** The shelf of a control plane. */
export async function shelfIn(world: Home): Promise<Shelf> {
  const ledger = await world.ledger()
  const {home, env, rehearsal = false} = world
  return {ledger, secrets: secretStore(ledger, keyFileOf(home, env)), home, rehearsal}
}
