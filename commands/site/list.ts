import {BaseCommand, type Typed} from '../../src/cli/base.ts'
import {listSites} from '../../src/site/list.ts'
import {siteRows} from '../../src/site/view.ts'

export default class SiteList extends BaseCommand {
  static override summary = 'List the hosting sites, and whether new placements are allowed there'
  static override examples = ['<%= config.bin %> <%= command.id %>', '<%= config.bin %> <%= command.id %> --json']

  protected override async answer({world}: Typed<typeof SiteList>) {
    const result = await listSites(await world.ledger(), world.clock)
    return {result, view: siteRows(result.items)}
  }
}
