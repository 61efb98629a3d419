import {BaseCommand, type Typed} from '../../src/cli/base.ts'
import {labFlag} from '../../src/cli/flags.ts'
import {labStatus} from '../../src/lab/status.ts'
import {labRows} from '../../src/lab/view.ts'

export default class LabStatus extends BaseCommand {
  static override summary = 'Show the hosts of a lab: addresses, host keys and how they are'
  static override flags = labFlag
  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    '<%= config.bin %> <%= command.id %> --lab rehearsal --json',
  ]

  protected override async answer({flags}: Typed<typeof LabStatus>) {
    const result = await labStatus(flags.lab)
    return {result, view: labRows(result)}
  }
}
