import {Flags} from '@oclif/core'
import {BaseCommand, type Typed} from '../../src/cli/base.ts'
import {listVpns} from '../../src/vpn/list.ts'
import {vpnRows} from '../../src/vpn/view.ts'

export default class VpnList extends BaseCommand {
  static override summary = 'List the VPNs to customers'
  static override flags = {tenant: Flags.string({description: 'only of this tenant', helpValue: 'TENANT'})}
  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    '<%= config.bin %> <%= command.id %> --tenant acme --json',
  ]

  protected override async answer({flags, world}: Typed<typeof VpnList>) {
    const result = await listVpns(await world.ledger(), flags.tenant)
    return {result, view: vpnRows(result.items)}
  }
}
