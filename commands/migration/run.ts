import {Args} from '@oclif/core'
import {Mutation, type Typed} from '../../src/cli/base.ts'
import {confirmed} from '../../src/cli/confirm.ts'
import {confirmFlag, planFlag, runFlags} from '../../src/cli/flags.ts'
import {executeRun} from '../../src/cli/runs.ts'
import {migrationRan} from '../../src/migration/view.ts'

export default class MigrationRun extends Mutation {
  static override summary = 'Do what is planned: qualification, or production in the agreed slot'
  static override description =
    'Before people are let in again, everything can go back and does so by itself. Production asks for its name as proof.'
  static override args = {migration: Args.string({description: 'as `migration list` names it', required: true})}
  static override flags = {...planFlag, ...confirmFlag, ...runFlags}
  static override examples = [
    '<%= config.bin %> <%= command.id %> gk3x9ab',
    '<%= config.bin %> <%= command.id %> gk3x9ab --confirm acme/production --json',
  ]

  protected override async answer({args, flags, world, request}: Typed<typeof MigrationRun>) {
    const [{readyToRun}, {showMigration}, {platformOf}, books] = await Promise.all([
      import('../../src/migration/ready.ts'),
      import('../../src/migration/list.ts'),
      import('../../src/environment/steps.ts'),
      import('../../src/migration/register.ts'),
    ])
    const ledger = await world.ledger()
    const {which, input} = await readyToRun(await platformOf(world), args.migration)
    const production = which === 'production'
    const runbook = await (production ? books.buildMigrationProduction : books.buildMigrationQualification)(world)
    if (flags.plan) return migrationRan(await showMigration(ledger, args.migration))
    const name = `${input.tenant}/${which}`
    const warning = `Everybody is kept out of ${name} while it comes to ${input.to}.`
    if (production) await confirmed({name, warning, confirm: flags.confirm}, world.streams)
    const run = await executeRun(world, {runbook, input, request, detach: flags.detach, wait: flags.wait})
    return migrationRan(await showMigration(ledger, args.migration), run)
  }
}
