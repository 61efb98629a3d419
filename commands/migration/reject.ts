import {Args, Flags} from '@oclif/core'
import {LedgerMutation, type Typed} from '../../src/cli/base.ts'
import {migrationFields} from '../../src/migration/view.ts'

export default class MigrationReject extends LedgerMutation {
  static override summary = 'Write down that a contact does not want what stands on qualification'
  static override args = {migration: Args.string({description: 'as `migration list` names it', required: true})}
  static override flags = {
    by: Flags.string({description: 'the contact who decided', helpValue: 'CONTACT', required: true}),
    why: Flags.string({description: 'what is wrong', helpValue: 'TEXT', required: true}),
  }
  static override examples = [
    '<%= config.bin %> <%= command.id %> gk3x9ab --by jdoe --why "feedback of last year is missing"',
    '<%= config.bin %> <%= command.id %> gk3x9ab --by jdoe --why "wait for 0.3" --json',
  ]

  protected override async answer({args, flags, world}: Typed<typeof MigrationReject>) {
    const [{rejectMigration}, {showMigration}] = await Promise.all([
      import('../../src/migration/decide.ts'),
      import('../../src/migration/list.ts'),
    ])
    const ledger = await world.ledger()
    await rejectMigration(ledger, world.clock.now(), {id: args.migration, by: flags.by, why: flags.why})
    const result = await showMigration(ledger, args.migration)
    return {result, view: migrationFields(result)}
  }
}
