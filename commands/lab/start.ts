import {BaseCommand, type Typed} from '../../src/cli/base.ts'
import {labFlag, labHost} from '../../src/cli/flags.ts'
import {fault} from '../../src/lab/fault.ts'
import {hostRow} from '../../src/lab/view.ts'

export default class LabStart extends BaseCommand {
  static override summary = 'Start a host of the lab that is stopped or was killed'
  static override description = 'Returns when it answers over SSH; a cable that was cut stays cut.'
  static override args = labHost
  static override flags = labFlag
  static override examples = [
    '<%= config.bin %> <%= command.id %> north-1',
    '<%= config.bin %> <%= command.id %> south-1 --lab rehearsal --json',
  ]

  protected override async answer({args, flags, world}: Typed<typeof LabStart>) {
    const result = await fault({lab: flags.lab, host: args.host, verb: 'start'}, world.progress)
    return {result, view: hostRow(result)}
  }
}
