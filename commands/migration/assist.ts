import {Args, Flags} from '@oclif/core'
import {LedgerMutation, type Typed} from '../../src/cli/base.ts'
import {migrationFields} from '../../src/migration/view.ts'

export default class MigrationAssist extends LedgerMutation {
  static override summary = 'Write down that the customer wants an advisor or a partner to help (R130)'
  static override args = {migration: Args.string({description: 'as `migration list` names it', required: true})}
  static override flags = {
    by: Flags.string({description: 'the contact who asked', helpValue: 'CONTACT', required: true}),
    whom: Flags.string({description: 'the advisor or partner', helpValue: 'NAME', required: true}),
    what: Flags.string({description: 'what they are to do', helpValue: 'TEXT', required: true}),
  }
  static override examples = [
    '<%= config.bin %> <%= command.id %> gk3x9ab --by jdoe --whom "Partner SA" --what "train the authors"',
    '<%= config.bin %> <%= command.id %> gk3x9ab --by jdoe --whom "our advisor" --what "try the procedures" --json',
  ]

  protected override async answer({args, flags, world}: Typed<typeof MigrationAssist>) {
    const [{askAssistance}, {showMigration}] = await Promise.all([
      import('../../src/migration/request.ts'),
      import('../../src/migration/list.ts'),
    ])
    const ledger = await world.ledger()
    const {by, whom, what} = flags
    await askAssistance(ledger, world.clock.now(), {id: args.migration, by, whom, what})
    const result = await showMigration(ledger, args.migration)
    return {result, view: migrationFields(result)}
  }
}
