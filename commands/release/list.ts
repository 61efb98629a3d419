import {BaseCommand, type Typed} from '../../src/cli/base.ts'
import {listReleases} from '../../src/release/list.ts'
import {releaseRows} from '../../src/release/view.ts'

export default class ReleaseList extends BaseCommand {
  static override summary = 'List the releases of the runtime, newest first'
  static override examples = ['<%= config.bin %> <%= command.id %>', '<%= config.bin %> <%= command.id %> --json']

  protected override async answer({world}: Typed<typeof ReleaseList>) {
    const result = await listReleases(await world.ledger())
    return {result, view: releaseRows(result.items)}
  }
}
