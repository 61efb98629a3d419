import {Args, Flags} from '@oclif/core'
import {LedgerMutation, type Typed} from '../../src/cli/base.ts'
import {preparations} from '../../src/migration/model.ts'
import {migrationFields} from '../../src/migration/view.ts'

export default class MigrationPrepare extends LedgerMutation {
  static override summary = 'Write down what the customer says their teams have done (R129)'
  static override args = {migration: Args.string({description: 'as `migration list` names it', required: true})}
  static override flags = {
    by: Flags.string({description: 'the contact who said it', helpValue: 'CONTACT', required: true}),
    done: Flags.option({description: 'what is done', options: preparations, multiple: true, required: true})(),
  }
  static override examples = [
    '<%= config.bin %> <%= command.id %> gk3x9ab --by jdoe --done features-studied',
    '<%= config.bin %> <%= command.id %> gk3x9ab --by jdoe --done users-trained --done configuration-done --json',
  ]

  protected override async answer({args, flags, world}: Typed<typeof MigrationPrepare>) {
    const [{acknowledge}, {showMigration}] = await Promise.all([
      import('../../src/migration/request.ts'),
      import('../../src/migration/list.ts'),
    ])
    const ledger = await world.ledger()
    await acknowledge(ledger, world.clock.now(), {id: args.migration, by: flags.by, done: flags.done})
    const result = await showMigration(ledger, args.migration)
    return {result, view: migrationFields(result)}
  }
}
