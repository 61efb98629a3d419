import {Args, Flags} from '@oclif/core'
import {LedgerMutation, type Typed} from '../../src/cli/base.ts'
import {reasonRequired} from '../../src/cli/flags.ts'
import {instantOf} from '../../src/cli/time.ts'
import {reschedule} from '../../src/maintenance/change.ts'
import {maintenanceFields} from '../../src/maintenance/view.ts'

export default class MaintenanceReschedule extends LedgerMutation {
  static override summary = 'Give a planned operation another date; contacts are told anew'
  static override args = {
    operation: Args.string({description: 'its id, as `maintenance list` names it', required: true}),
  }
  static override flags = {
    ...reasonRequired,
    at: Flags.string({description: 'its new begin, with its zone', helpValue: 'TIME', required: true}),
  }
  static override examples = [
    '<%= config.bin %> <%= command.id %> mk3x9ab --at "2026-12-01 23:00 Europe/Paris" --reason "asked for by jdoe"',
    '<%= config.bin %> <%= command.id %> mk3x9ab --at 2026-12-05T13:00:00Z --reason "the update is late" --json',
  ]

  protected override async answer({args, flags, world, signed}: Typed<typeof MaintenanceReschedule>) {
    const moved = {id: args.operation, at: instantOf(flags.at), by: signed?.operator ?? ''}
    const result = await reschedule(await world.ledger(), world.clock.now(), moved)
    return {result, view: maintenanceFields(result)}
  }
}
