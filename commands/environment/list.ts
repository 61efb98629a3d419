import {join, resolve} from 'node:path'
import {Flags} from '@oclif/core'
import {BaseCommand, type Typed} from '../../src/cli/base.ts'
import {listEnvironments} from '../../src/environment/list.ts'
import {environmentRows} from '../../src/environment/view.ts'

export default class EnvironmentList extends BaseCommand {
  static override summary = 'List environments with their hosts, versions and addresses'
  static override flags = {tenant: Flags.string({description: 'only those of this tenant', helpValue: 'NAME'})}
  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    '<%= config.bin %> <%= command.id %> --tenant acme --json',
  ]

  protected override async answer({flags, world}: Typed<typeof EnvironmentList>) {
    const caFile = join(resolve(world.home), 'ca.pem')
    const result = await listEnvironments(await world.ledger(), {tenant: flags.tenant, caFile})
    return {result, view: environmentRows(result)}
  }
}
