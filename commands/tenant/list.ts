import {Flags} from '@oclif/core'
import {BaseCommand, type Typed} from '../../src/cli/base.ts'
import {listTenants} from '../../src/tenant/list.ts'
import {tenantRows} from '../../src/tenant/view.ts'

export default class TenantList extends BaseCommand {
  static override summary = 'List tenants with their environments'
  static override flags = {
    limit: Flags.integer({description: 'how many at most', default: 1000, min: 1, max: 10_000}),
    after: Flags.string({description: 'begin after this name', helpValue: 'NAME'}),
  }
  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    '<%= config.bin %> <%= command.id %> --limit 50 --json',
  ]

  protected override async answer({flags, world}: Typed<typeof TenantList>) {
    const result = await listTenants(await world.ledger(), {limit: flags.limit, after: flags.after})
    return {result, view: tenantRows(result)}
  }
}
