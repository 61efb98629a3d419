import {Args} from '@oclif/core'
import {BaseCommand, type Typed} from '../../src/cli/base.ts'
import {showMaintenance} from '../../src/maintenance/list.ts'
import {maintenanceFields} from '../../src/maintenance/view.ts'

export default class MaintenanceShow extends BaseCommand {
  static override summary = 'Show one operation: its slot and why, its notice, its trial'
  static override args = {
    operation: Args.string({description: 'its id, as `maintenance list` names it', required: true}),
  }
  static override examples = [
    '<%= config.bin %> <%= command.id %> mk3x9ab',
    '<%= config.bin %> <%= command.id %> mk3x9ab --json',
  ]

  protected override async answer({args, world}: Typed<typeof MaintenanceShow>) {
    const result = await showMaintenance(await world.ledger(), args.operation)
    return {result, view: maintenanceFields(result)}
  }
}
