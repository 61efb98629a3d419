import {Args, Flags} from '@oclif/core'
import {LedgerMutation, type Typed} from '../../src/cli/base.ts'
import {migrationFields} from '../../src/migration/view.ts'

export default class MigrationRequest extends LedgerMutation {
  static override summary = 'Write down that a customer asked for a version'
  static override description =
    'Refused while another migration of the tenant is open, and for a version that was withdrawn, is not newer, or does not migrate from its schema.'
  static override args = {tenant: Args.string({description: 'the tenant', required: true})}
  static override flags = {
    to: Flags.string({description: 'the version', helpValue: 'VERSION', required: true}),
    by: Flags.string({description: 'the contact who asked', helpValue: 'CONTACT', required: true}),
    ticket: Flags.string({description: 'the ticket of the request', helpValue: 'REF', required: true}),
  }
  static override examples = [
    '<%= config.bin %> <%= command.id %> acme --to 0.2.0 --by jdoe --ticket EV-2101',
    '<%= config.bin %> <%= command.id %> acme --to 0.2.0 --by jdoe --ticket EV-2101 --json',
  ]

  protected override about({args}: {args: Readonly<Record<string, unknown>>}) {
    const tenant = String(args.tenant)
    return {subject: tenant, tenant}
  }

  protected override async answer({args, flags, world}: Typed<typeof MigrationRequest>) {
    const [{requestMigration}, {showMigration}] = await Promise.all([
      import('../../src/migration/request.ts'),
      import('../../src/migration/list.ts'),
    ])
    const ledger = await world.ledger()
    const {to, by, ticket = ''} = flags
    const {id} = await requestMigration(ledger, world.clock.now(), {tenant: args.tenant, to, by, ticket})
    const result = await showMigration(ledger, id)
    return {result, view: migrationFields(result)}
  }
}
