import {Args} from '@oclif/core'
import {BaseCommand, type Typed} from '../../src/cli/base.ts'
import {platformOf} from '../../src/environment/steps.ts'
import {planVpn} from '../../src/vpn/plan.ts'
import {forecastView} from '../../src/vpn/view.ts'

export default class VpnPlan extends BaseCommand {
  static override summary = 'Compare a VPN with its hosts and with what its gateway has loaded'
  static override args = {vpn: Args.string({description: 'TENANT, or TENANT/SITE', required: true})}
  static override examples = [
    '<%= config.bin %> <%= command.id %> acme',
    '<%= config.bin %> <%= command.id %> acme/north --json',
  ]

  protected override async answer({args, world}: Typed<typeof VpnPlan>) {
    const result = await planVpn(await platformOf(world), args.vpn)
    return {result, view: forecastView(result), ...(result.items.length > 0 ? {exit: 'partial' as const} : {})}
  }
}
