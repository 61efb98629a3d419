import {Args} from '@oclif/core'
import {Mutation, type Typed} from '../../src/cli/base.ts'
import {confirmed} from '../../src/cli/confirm.ts'
import {confirmFlag, planFlag, runFlags} from '../../src/cli/flags.ts'
import {executeRun} from '../../src/cli/runs.ts'
import {migrationBack} from '../../src/migration/view.ts'

export default class MigrationRollback extends Mutation {
  static override summary = 'Put production back to before a migration; what was written since is lost'
  static override description =
    'Two people decide: `override request TENANT/production --rule rollback`, approved by another. --plan says what would be lost.'
  static override args = {migration: Args.string({description: 'as `migration list --all` names it', required: true})}
  static override flags = {...planFlag, ...confirmFlag, ...runFlags}
  static override examples = [
    '<%= config.bin %> <%= command.id %> gk3x9ab --plan',
    '<%= config.bin %> <%= command.id %> gk3x9ab --confirm acme/production --reason "0.2 loses feedback"',
  ]

  protected override async answer({args, flags, world, request}: Typed<typeof MigrationRollback>) {
    const [{readyToRollBack}, {assertTwoPeople}, {showMigration}, {platformOf}, {buildMigrationRollback}] =
      await Promise.all([
        import('../../src/migration/ready.ts'),
        import('../../src/migration/rollback.ts'),
        import('../../src/migration/list.ts'),
        import('../../src/environment/steps.ts'),
        import('../../src/migration/register.ts'),
      ])
    const ledger = await world.ledger()
    const {input, lost} = await readyToRollBack(await platformOf(world), args.migration)
    if (flags.plan) return migrationBack(await showMigration(ledger, args.migration), lost)
    const name = `${input.tenant}/production`
    await assertTwoPeople({ledger, verify: world.verify}, name, world.clock.now())
    const warning = `${name} goes back to ${input.to}; what was written since its migration is lost.`
    await confirmed({name, warning, confirm: flags.confirm}, world.streams)
    const runbook = await buildMigrationRollback(world)
    const run = await executeRun(world, {runbook, input, request, detach: flags.detach, wait: flags.wait})
    return migrationBack(await showMigration(ledger, args.migration), lost, run)
  }
}
