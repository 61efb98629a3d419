import {BaseCommand, type Typed} from '../../src/cli/base.ts'
import {listDestinations} from '../../src/transfer/destination.ts'
import {destinationRows} from '../../src/transfer/view.ts'

export default class BackupDestinations extends BaseCommand {
  static override summary = "List where customers' monthly copies go, and the last that arrived"
  static override examples = ['<%= config.bin %> <%= command.id %>', '<%= config.bin %> <%= command.id %> --json']

  protected override async answer({world}: Typed<typeof BackupDestinations>) {
    const result = await listDestinations(await world.ledger())
    return {result, view: destinationRows(result.items)}
  }
}
