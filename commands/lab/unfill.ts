import {BaseCommand, type Typed} from '../../src/cli/base.ts'
import {labFlag, labHost} from '../../src/cli/flags.ts'
import {fault} from '../../src/lab/fault.ts'
import {hostRow} from '../../src/lab/view.ts'

export default class LabUnfill extends BaseCommand {
  static override summary = 'Give back the space that `lab fill` took'
  static override args = labHost
  static override flags = labFlag
  static override examples = [
    '<%= config.bin %> <%= command.id %> north-1',
    '<%= config.bin %> <%= command.id %> south-1 --lab rehearsal --json',
  ]

  protected override async answer({args, flags, world}: Typed<typeof LabUnfill>) {
    const result = await fault({lab: flags.lab, host: args.host, verb: 'unfill'}, world.progress)
    return {result, view: hostRow(result)}
  }
}
