import {Args, Flags} from '@oclif/core'
import {LedgerMutation, type Typed} from '../../src/cli/base.ts'
import {instantOf} from '../../src/cli/time.ts'
import {migrationFields} from '../../src/migration/view.ts'

export default class MigrationAgree extends LedgerMutation {
  static override summary = 'Write down that a contact agrees on the proposed instant; it is announced'
  static override args = {migration: Args.string({description: 'as `migration list` names it', required: true})}
  static override flags = {
    by: Flags.string({description: 'the contact who agrees', helpValue: 'CONTACT', required: true}),
    at: Flags.string({description: 'the instant they agreed on, to be sure', helpValue: 'TIME'}),
  }
  static override examples = [
    '<%= config.bin %> <%= command.id %> gk3x9ab --by jdoe',
    "<%= config.bin %> <%= command.id %> gk3x9ab --by jdoe --at '2026-12-02 22:00 Europe/Paris'",
  ]

  protected override async answer({args, flags, world, signed}: Typed<typeof MigrationAgree>) {
    const [{agreeMigration}, {showMigration}, {platformOf}] = await Promise.all([
      import('../../src/migration/decide.ts'),
      import('../../src/migration/list.ts'),
      import('../../src/environment/steps.ts'),
    ])
    const at = flags.at === undefined ? undefined : instantOf(flags.at)
    const about = {id: args.migration, by: flags.by, at, operator: signed?.operator ?? ''}
    await agreeMigration(await platformOf(world), about)
    const result = await showMigration(await world.ledger(), args.migration)
    return {result, view: migrationFields(result)}
  }
}
