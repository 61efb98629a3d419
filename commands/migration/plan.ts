import {Args} from '@oclif/core'
import {BaseCommand, type Typed} from '../../src/cli/base.ts'
import {migrationPlanned} from '../../src/migration/view.ts'

export default class MigrationPlan extends BaseCommand {
  static override summary = 'Say what both runs would do, take and lose, and what the calendar says'
  static override description = 'Asks the hosts and changes nothing.'
  static override args = {migration: Args.string({description: 'as `migration list` names it', required: true})}
  static override examples = [
    '<%= config.bin %> <%= command.id %> gk3x9ab',
    '<%= config.bin %> <%= command.id %> gk3x9ab --json',
  ]

  protected override async answer({args, world}: Typed<typeof MigrationPlan>) {
    const [{planMigration}, {platformOf}, {booksOf}] = await Promise.all([
      import('../../src/migration/plan.ts'),
      import('../../src/environment/steps.ts'),
      import('../../src/migration/books.ts'),
    ])
    const platform = await platformOf(world)
    const result = await planMigration(platform, args.migration, booksOf(platform))
    return {result, view: migrationPlanned(result)}
  }
}
