import type {Runbook} from '../runbook/model.ts'
import type {World} from '../world.ts'
import {journalSignHead} from './sign-head.ts'

/** `journal-sign-head` with the collaborators of this process. */
export async function buildSignHead(world: World): Promise<Runbook> {
  const [ledger, secrets] = await Promise.all([world.ledger(), world.secrets()])
  return journalSignHead({ledger, secrets, clock: world.clock, home: world.home})
}
