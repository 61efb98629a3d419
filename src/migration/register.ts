import {platformOf} from '../environment/steps.ts'
import type {Runbook} from '../runbook/model.ts'
import type {World} from '../world.ts'
import {type BannerInput, migrationBanner} from './banner.ts'
import {migrationProduction} from './production.ts'
import {migrationQualification} from './qualification.ts'
import {migrationRollback} from './rollback.ts'
import {migrationTend} from './tend.ts'

/** `migration-qualification` with the collaborators of this process. */
export async function buildMigrationQualification(world: World): Promise<Runbook> {
  return migrationQualification(await platformOf(world)) as Runbook
}

/** `migration-production` with the collaborators of this process. */
export async function buildMigrationProduction(world: World): Promise<Runbook> {
  return migrationProduction(await platformOf(world)) as Runbook
}

/** `migration-rollback` with the collaborators of this process. */
export async function buildMigrationRollback(world: World): Promise<Runbook> {
  return migrationRollback(await platformOf(world), world.verify) as Runbook
}

/** `migration-banner` with the collaborators of this process. */
export async function buildMigrationBanner(world: World): Promise<Runbook> {
  return migrationBanner(await platformOf(world)) as Runbook
}

/** `migration-tend` with the collaborators of this process. */
export async function buildMigrationTend(world: World): Promise<Runbook> {
  const asked = {runbook: 'migration-banner', command: 'migration agree', reason: 'as the migration is planned'}
  const enqueue = async (input: BannerInput) => void (await world.enqueue({...asked, input}))
  return migrationTend({ledger: await world.ledger(), clock: world.clock, enqueue}) as Runbook
}
