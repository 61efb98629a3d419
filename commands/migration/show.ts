import {Args} from '@oclif/core'
import {BaseCommand, type Typed} from '../../src/cli/base.ts'
import {migrationFields} from '../../src/migration/view.ts'

export default class MigrationShow extends BaseCommand {
  static override summary = 'Show a migration: who said what, its slot, times, and what comes next'
  static override args = {migration: Args.string({description: 'as `migration list` names it', required: true})}
  static override examples = [
    '<%= config.bin %> <%= command.id %> gk3x9ab',
    '<%= config.bin %> <%= command.id %> gk3x9ab --json',
  ]

  protected override async answer({args, world}: Typed<typeof MigrationShow>) {
    const {showMigration} = await import('../../src/migration/list.ts')
    const result = await showMigration(await world.ledger(), args.migration)
    return {result, view: migrationFields(result)}
  }
}
