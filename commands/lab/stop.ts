import {BaseCommand, type Typed} from '../../src/cli/base.ts'
import {labFlag, labHost} from '../../src/cli/flags.ts'
import {fault} from '../../src/lab/fault.ts'
import {hostRow} from '../../src/lab/view.ts'

export default class LabStop extends BaseCommand {
  static override summary = 'Shut a host of the lab down in order'
  static override description = 'After 20 seconds its power is cut.'
  static override args = labHost
  static override flags = labFlag
  static override examples = [
    '<%= config.bin %> <%= command.id %> north-1',
    '<%= config.bin %> <%= command.id %> south-1 --lab rehearsal --json',
  ]

  protected override async answer({args, flags, world}: Typed<typeof LabStop>) {
    const result = await fault({lab: flags.lab, host: args.host, verb: 'stop'}, world.progress)
    return {result, view: hostRow(result)}
  }
}
