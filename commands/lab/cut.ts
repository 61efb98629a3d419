import {BaseCommand, type Typed} from '../../src/cli/base.ts'
import {labFlag, labHost} from '../../src/cli/flags.ts'
import {fault} from '../../src/lab/fault.ts'
import {hostRow} from '../../src/lab/view.ts'

export default class LabCut extends BaseCommand {
  static override summary = "Pull a host's network cable"
  static override description = 'It runs on, unreached. Bring it back with `lab heal`.'
  static override args = labHost
  static override flags = labFlag
  static override examples = [
    '<%= config.bin %> <%= command.id %> north-1',
    '<%= config.bin %> <%= command.id %> south-1 --lab rehearsal --json',
  ]

  protected override async answer({args, flags, world}: Typed<typeof LabCut>) {
    const result = await fault({lab: flags.lab, host: args.host, verb: 'cut'}, world.progress)
    return {result, view: hostRow(result)}
  }
}
