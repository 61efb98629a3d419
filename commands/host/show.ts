import {Args} from '@oclif/core'
import {BaseCommand, type Typed} from '../../src/cli/base.ts'
import {showHost} from '../../src/host/list.ts'
import {hostFields} from '../../src/host/view.ts'

export default class HostShow extends BaseCommand {
  static override summary = 'Show a host: what it is, its pinned key, the environments on it'
  static override args = {name: Args.string({description: 'the host', required: true})}
  static override examples = [
    '<%= config.bin %> <%= command.id %> north-1',
    '<%= config.bin %> <%= command.id %> north-1 --json',
  ]

  protected override async answer({args, world}: Typed<typeof HostShow>) {
    const result = await showHost(await world.ledger(), args.name)
    return {result, view: hostFields(result)}
  }
}
