import {Args} from '@oclif/core'
import {LedgerMutation, type Typed} from '../../src/cli/base.ts'
import {reasonRequired} from '../../src/cli/flags.ts'
import {migrationFields} from '../../src/migration/view.ts'

export default class MigrationAbandon extends LedgerMutation {
  static override summary = 'Give a migration up; what was announced is cancelled by mail'
  static override args = {migration: Args.string({description: 'as `migration list` names it', required: true})}
  static override flags = {...reasonRequired}
  static override examples = [
    '<%= config.bin %> <%= command.id %> gk3x9ab --reason "the customer waits for 0.3"',
    '<%= config.bin %> <%= command.id %> gk3x9ab --reason "0.4.0 was withdrawn" --json',
  ]

  protected override async answer({args, flags, world}: Typed<typeof MigrationAbandon>) {
    const [{abandonMigration}, {showMigration}] = await Promise.all([
      import('../../src/migration/decide.ts'),
      import('../../src/migration/list.ts'),
    ])
    const ledger = await world.ledger()
    await abandonMigration(ledger, world.clock.now(), {id: args.migration, why: flags.reason ?? ''})
    const result = await showMigration(ledger, args.migration)
    return {result, view: migrationFields(result)}
  }
}
