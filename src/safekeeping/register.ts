import type {Runbook} from '../runbook/model.ts'
import type {World} from '../world.ts'
import {ledgerBackup} from './backup.ts'
import {ledgerDrillRun} from './drill.ts'
import type {Keeper} from './place.ts'

/** `ledger-backup` with the collaborators of this process. */
export async function buildLedgerBackup(world: World): Promise<Runbook> {
  return ledgerBackup(await keeperOf(world)) as Runbook
}

/** `ledger-drill` with the collaborators of this process. */
export async function buildLedgerDrill(world: World): Promise<Runbook> {
  return ledgerDrillRun(await keeperOf(world)) as Runbook
}

/** What looking after the ledger needs, made of the collaborators of this process. */
export async function keeperOf(world: World): Promise<Keeper> {
  const {clock, home, env, machine} = world
  const [ledger, secrets] = await Promise.all([world.ledger(), world.secrets()])
  return {ledger, secrets, clock, home, env, machine}
}
