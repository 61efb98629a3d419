import {Args} from '@oclif/core'
import {BaseCommand, type Typed} from '../../src/cli/base.ts'
import {showRestore} from '../../src/restore/list.ts'
import {restoreFields} from '../../src/restore/view.ts'

export default class RestoreShow extends BaseCommand {
  static override summary = 'Show a request to go back, with its clock and what came of it'
  static override args = {request: Args.string({description: 'the request', required: true})}
  static override examples = [
    '<%= config.bin %> <%= command.id %> rs1f2e3d4c',
    '<%= config.bin %> <%= command.id %> rs1f2e3d4c --json',
  ]

  protected override async answer({args, world}: Typed<typeof RestoreShow>) {
    const {row, name, copyOf} = await showRestore(await world.ledger(), args.request)
    return {result: {...row, name, copyOf}, view: restoreFields(row, name, copyOf)}
  }
}
