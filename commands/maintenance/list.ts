import {Flags} from '@oclif/core'
import {BaseCommand, type Typed} from '../../src/cli/base.ts'
import {listMaintenance} from '../../src/maintenance/list.ts'
import {maintenanceRows} from '../../src/maintenance/view.ts'

export default class MaintenanceList extends BaseCommand {
  static override summary = 'List planned operations, with their notices'
  static override flags = {
    tenant: Flags.string({description: 'only those of this tenant', helpValue: 'TENANT'}),
    all: Flags.boolean({description: 'those that are over too'}),
  }
  static override examples = [
    '<%= config.bin %> <%= command.id %> --tenant acme',
    '<%= config.bin %> <%= command.id %> --all --json',
  ]

  protected override async answer({flags, world}: Typed<typeof MaintenanceList>) {
    const result = await listMaintenance(await world.ledger(), world.clock.now(), {...flags, all: flags.all === true})
    return {result, view: maintenanceRows(result.items)}
  }
}
