import type {Authority} from '../ca/model.ts'
import type {Clock} from '../clock.ts'
import type {Ledger} from '../ledger/ledger.ts'
import type {SecretStore} from '../ledger/secret-store.ts'
import type {Machine} from '../machine/model.ts'
import type {Deployable} from '../release/steps.ts'
import type {Page, PageQuestion} from './page.ts'

/** What building environments needs of the world. */
export interface Platform {
  readonly ledger: Ledger
  readonly secrets: SecretStore
  readonly clock: Clock
  machine(host: string): Promise<Machine>
  authority(): Promise<Authority>
  /** A release of the ledger, ready to be unpacked on that host. */
  release(version: string, host: string): Promise<Deployable>
  page(question: PageQuestion): Promise<Page>
}
