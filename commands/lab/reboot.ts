import {BaseCommand, type Typed} from '../../src/cli/base.ts'
import {labFlag, labHost} from '../../src/cli/flags.ts'
import {fault} from '../../src/lab/fault.ts'
import {hostRow} from '../../src/lab/view.ts'

export default class LabReboot extends BaseCommand {
  static override summary = 'Reboot a host of the lab as its own reboot does'
  static override description = 'Returns when it answers over SSH again.'
  static override args = labHost
  static override flags = labFlag
  static override examples = [
    '<%= config.bin %> <%= command.id %> north-1',
    '<%= config.bin %> <%= command.id %> south-1 --lab rehearsal --json',
  ]

  protected override async answer({args, flags, world}: Typed<typeof LabReboot>) {
    const result = await fault({lab: flags.lab, host: args.host, verb: 'reboot'}, world.progress)
    return {result, view: hostRow(result)}
  }
}
