import {addressOf, missingLedger} from './address.ts'
import {connectLedger} from './connect.ts'
import type {Ledger} from './ledger.ts'
import {levelOf} from './level.ts'

/** Whose ledger: the home, and the environment variables that may name another database. */
export interface Whose {
  readonly home: string
  readonly env: NodeJS.ProcessEnv
}

/**
 * The ledger, at the level of this code: a private PostgreSQL that is down is started, missing migrations are run.
 * Refusals `ledger-missing` and `ledger-too-new`; Failure `ledger-unreachable`.
 */
export async function openLedger({home, env}: Whose): Promise<Ledger> {
  const address = addressOf(home, env)
  const ledger = await connectLedger(address)
  try {
    const level = await levelOf(ledger)
    if (level === 'none')
      throw missingLedger(address.kind === 'private' ? address.place.home : 'the database of SELFHELP_DATABASE_URL')
    if (level === 'older') {
      const {migrate} = await import('./migrate.ts')
      await migrate(address)
    }
    return ledger
  } catch (thrown) {
    await ledger.close()
    throw thrown
  }
}
