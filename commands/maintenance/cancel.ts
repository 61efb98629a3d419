import {Args} from '@oclif/core'
import {LedgerMutation, type Typed} from '../../src/cli/base.ts'
import {reasonRequired} from '../../src/cli/flags.ts'
import {cancel} from '../../src/maintenance/change.ts'
import {maintenanceFields} from '../../src/maintenance/view.ts'

export default class MaintenanceCancel extends LedgerMutation {
  static override summary = 'Take a planned operation off the calendar; contacts are told the reason'
  static override args = {
    operation: Args.string({description: 'its id, as `maintenance list` names it', required: true}),
  }
  static override flags = {...reasonRequired}
  static override examples = [
    '<%= config.bin %> <%= command.id %> mk3x9ab --reason "the update was withdrawn"',
    '<%= config.bin %> <%= command.id %> mk3x9ab --reason "no longer needed" --json',
  ]

  protected override async answer({args, flags, world}: Typed<typeof MaintenanceCancel>) {
    const given = {id: args.operation, why: flags.reason ?? ''}
    const result = await cancel(await world.ledger(), world.clock.now(), given)
    return {result, view: maintenanceFields(result)}
  }
}
