import {Args, Flags} from '@oclif/core'
import {BaseCommand, type Typed} from '../../src/cli/base.ts'
import {listHosts} from '../../src/host/list.ts'
import {hostRows} from '../../src/host/view.ts'

export default class HostList extends BaseCommand {
  static override summary = 'List the hosts in service'
  static override strict = false
  static override args = {host: Args.string({description: 'only these hosts'})}
  static override flags = {
    site: Flags.string({description: 'only hosts of this site', helpValue: 'SITE'}),
    role: Flags.string({description: 'only hosts with this role', helpValue: 'ROLE'}),
    all: Flags.boolean({description: 'retired ones too'}),
  }
  static override examples = [
    '<%= config.bin %> <%= command.id %> --site north',
    '<%= config.bin %> <%= command.id %> --role database --json',
  ]

  protected override async answer({words, flags: {site, role, all}, world}: Typed<typeof HostList>) {
    const result = await listHosts(await world.ledger(), {names: words, site, role, all})
    return {result, view: hostRows(result.items)}
  }
}
