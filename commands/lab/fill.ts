import {BaseCommand, type Typed} from '../../src/cli/base.ts'
import {labFlag, labHost} from '../../src/cli/flags.ts'
import {fault} from '../../src/lab/fault.ts'
import {hostRow} from '../../src/lab/view.ts'

export default class LabFill extends BaseCommand {
  static override summary = "Fill a host's disk to the last block"
  static override description = 'Only in a lab made with --disk. Bring it back with `lab unfill`.'
  static override args = labHost
  static override flags = labFlag
  static override examples = [
    '<%= config.bin %> <%= command.id %> north-1',
    '<%= config.bin %> <%= command.id %> south-1 --lab rehearsal --json',
  ]

  protected override async answer({args, flags, world}: Typed<typeof LabFill>) {
    const result = await fault({lab: flags.lab, host: args.host, verb: 'fill'}, world.progress)
    return {result, view: hostRow(result)}
  }
}
