import {Args} from '@oclif/core'
import {BaseCommand, type Typed} from '../../src/cli/base.ts'
import {labFlag} from '../../src/cli/flags.ts'
import {runOutside} from '../../src/lab/enter.ts'

export default class LabOutside extends BaseCommand {
  static override summary = 'Run a command outside: in the network the Internet is, with no key to any host'
  static override strict = false
  static override args = {command: Args.string({description: 'the command, after --', required: true})}
  static override flags = labFlag
  static override examples = [
    '<%= config.bin %> <%= command.id %> -- curl -sS http://10.77.1.11/',
    '<%= config.bin %> <%= command.id %> --lab rehearsal -- bash',
  ]

  protected override async answer({flags, words}: Typed<typeof LabOutside>) {
    const exit = await runOutside(flags.lab, words)
    return {result: {lab: flags.lab, exit}, view: '', exit}
  }
}
