import {Args, Flags} from '@oclif/core'
import {LedgerMutation, type Typed} from '../../src/cli/base.ts'
import {readChecklist} from '../../src/migration/checklist.ts'
import {migrationFields} from '../../src/migration/view.ts'

export default class MigrationValidate extends LedgerMutation {
  static override summary = 'Write down that a contact validated what stands on qualification'
  static override description =
    'The contact has the role decision and is not the one who ran it. The checklist is YAML: a list of {check, ok, note}.'
  static override args = {migration: Args.string({description: 'as `migration list` names it', required: true})}
  static override flags = {
    by: Flags.string({description: 'the contact who validated', helpValue: 'CONTACT', required: true}),
    checklist: Flags.string({description: 'what was tried, and how it went', helpValue: 'FILE', required: true}),
  }
  static override examples = [
    '<%= config.bin %> <%= command.id %> gk3x9ab --by jdoe --checklist examples/validation.yaml',
    '<%= config.bin %> <%= command.id %> gk3x9ab --by jdoe --checklist form.yaml --ticket EV-2107 --json',
  ]

  /** What was found is signed, not the name of a file. */
  protected override signs({flags, request}: Typed<typeof MigrationValidate>) {
    return {...request, input: {...request.input, checklist: readChecklist(flags.checklist)}}
  }

  protected override async answer({args, flags, world}: Typed<typeof MigrationValidate>) {
    const [{validateMigration}, {showMigration}] = await Promise.all([
      import('../../src/migration/decide.ts'),
      import('../../src/migration/list.ts'),
    ])
    const ledger = await world.ledger()
    const about = {id: args.migration, by: flags.by, checklist: readChecklist(flags.checklist)}
    await validateMigration(ledger, world.clock.now(), about)
    const result = await showMigration(ledger, args.migration)
    return {result, view: migrationFields(result)}
  }
}
