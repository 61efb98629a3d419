import {BaseCommand, type Typed} from '../../src/cli/base.ts'
import {labFlag, labHost} from '../../src/cli/flags.ts'
import {fault} from '../../src/lab/fault.ts'
import {hostRow} from '../../src/lab/view.ts'

export default class LabPause extends BaseCommand {
  static override summary = 'Freeze every process of a host where it is'
  static override description = 'Bring it back with `lab resume`.'
  static override args = labHost
  static override flags = labFlag
  static override examples = [
    '<%= config.bin %> <%= command.id %> north-1',
    '<%= config.bin %> <%= command.id %> south-1 --lab rehearsal --json',
  ]

  protected override async answer({args, flags, world}: Typed<typeof LabPause>) {
    const result = await fault({lab: flags.lab, host: args.host, verb: 'pause'}, world.progress)
    return {result, view: hostRow(result)}
  }
}
