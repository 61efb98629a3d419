import {Flags} from '@oclif/core'
import {BaseCommand, type Typed} from '../../src/cli/base.ts'
import {migrationRows} from '../../src/migration/view.ts'

export default class MigrationList extends BaseCommand {
  static override summary = 'List who is on the way to another version, and how far they are'
  static override flags = {
    tenant: Flags.string({description: 'only of this tenant', helpValue: 'TENANT'}),
    all: Flags.boolean({description: 'those that are over too'}),
  }
  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    '<%= config.bin %> <%= command.id %> --tenant acme --all --json',
  ]

  protected override async answer({flags, world}: Typed<typeof MigrationList>) {
    const {listMigrations} = await import('../../src/migration/list.ts')
    const result = await listMigrations(await world.ledger(), {tenant: flags.tenant, all: flags.all})
    return {result, view: migrationRows(result.items)}
  }
}
