import {Args} from '@oclif/core'
import {BaseCommand, type Typed} from '../../src/cli/base.ts'
import {labFlag} from '../../src/cli/flags.ts'
import {runOnHost} from '../../src/lab/enter.ts'

export default class LabSsh extends BaseCommand {
  static override summary = 'Enter a host of the lab as root, or run a command there'
  static override description =
    'With SSH and the key of the lab. An adopted host refuses root over SSH: it is then entered by its console.'
  static override strict = false
  static override args = {host: Args.string({description: 'the host', required: true})}
  static override flags = labFlag
  static override examples = [
    '<%= config.bin %> <%= command.id %> north-1',
    '<%= config.bin %> <%= command.id %> north-1 -- systemctl --failed',
  ]

  protected override async answer({args, flags, words, world}: Typed<typeof LabSsh>) {
    const say = (text: string) => world.streams.err.write(`${text}\n`)
    const exit = await runOnHost({lab: flags.lab, host: args.host, command: words.slice(1)}, say)
    return {result: {host: args.host, exit}, view: '', exit}
  }
}
