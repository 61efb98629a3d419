import type {World} from '../cli/world.ts'
import {platformOf} from '../environment/steps.ts'
import type {Runbook} from '../runbook/model.ts'
import {migrationProduction} from './production.ts'
import {migrationQualification} from './qualification.ts'
import {migrationRollback} from './rollback.ts'

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
