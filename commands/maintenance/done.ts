import {Args, Flags} from '@oclif/core'
import {LedgerMutation, type Typed} from '../../src/cli/base.ts'
import {instantOf} from '../../src/cli/time.ts'
import {finish} from '../../src/maintenance/change.ts'
import {maintenanceFields} from '../../src/maintenance/view.ts'

export default class MaintenanceDone extends LedgerMutation {
  static override summary = 'Note that an operation is over and how long users were shut out; tell contacts'
  static override args = {
    operation: Args.string({description: 'its id, as `maintenance list` names it', required: true}),
  }
  static override flags = {
    closed: Flags.integer({
      description: 'seconds users were shut out, measured',
      helpValue: 'SECONDS',
      required: true,
      min: 0,
    }),
    from: Flags.string({description: 'when it began; as planned when left out', helpValue: 'TIME'}),
  }
  static override examples = [
    '<%= config.bin %> <%= command.id %> mk3x9ab --closed 95',
    '<%= config.bin %> <%= command.id %> mk3x9ab --closed 0 --from "2026-11-24 22:04 Europe/Paris"',
  ]

  protected override async answer({args, flags, world}: Typed<typeof MaintenanceDone>) {
    const from = flags.from === undefined ? undefined : instantOf(flags.from)
    const given = {id: args.operation, from, closedSeconds: flags.closed}
    const result = await finish(await world.ledger(), world.clock.now(), given)
    return {result, view: maintenanceFields(result)}
  }
}
