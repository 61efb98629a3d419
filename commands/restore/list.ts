import {Flags} from '@oclif/core'
import {BaseCommand, type Typed} from '../../src/cli/base.ts'
import {listRestores} from '../../src/restore/list.ts'
import {restoreRows} from '../../src/restore/view.ts'

export default class RestoreList extends BaseCommand {
  static override summary = 'List requests to go back, the newest first'
  static override flags = {
    open: Flags.boolean({description: 'only those that wait for something'}),
    limit: Flags.integer({description: 'at most that many', default: 50, min: 1}),
  }
  static override examples = [
    '<%= config.bin %> <%= command.id %> --open',
    '<%= config.bin %> <%= command.id %> --json',
  ]

  protected override async answer({flags: {open = false, limit}, world}: Typed<typeof RestoreList>) {
    const result = await listRestores(await world.ledger(), {open, limit})
    return {result, view: restoreRows(result.items)}
  }
}
