import {Args} from '@oclif/core'
import {BaseCommand, type Typed} from '../../src/cli/base.ts'
import {platformOf} from '../../src/environment/steps.ts'
import {listVpns} from '../../src/vpn/list.ts'
import {vpnName} from '../../src/vpn/model.ts'
import {vpnStatus} from '../../src/vpn/status.ts'
import {statusView} from '../../src/vpn/view.ts'

export default class VpnStatusCommand extends BaseCommand {
  static override summary = 'Say whether traffic passes, else which layer is wrong and whose end'
  static override description =
    'Judged by connections to the servers through the tunnel, each 30 s. Exit 5 unless all is well.'
  static override args = {vpn: Args.string({description: 'TENANT, or TENANT/SITE; all when left out'})}
  static override examples = ['<%= config.bin %> <%= command.id %> acme', '<%= config.bin %> <%= command.id %> --json']

  protected override async answer({args, world}: Typed<typeof VpnStatusCommand>) {
    const platform = await platformOf(world)
    const all = (await listVpns(platform.ledger)).items.map(({spec}) => vpnName(spec))
    const items = await Promise.all((args.vpn ? [args.vpn] : all).map(name => vpnStatus(platform, name)))
    const well = items.every(({state}) => state === 'up')
    return {result: {items}, view: statusView(items), ...(well ? {} : {exit: 'partial' as const})}
  }
}
