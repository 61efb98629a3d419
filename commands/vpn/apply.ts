import {Args} from '@oclif/core'
import {Mutation, type Typed} from '../../src/cli/base.ts'
import {planFlag, runFlags} from '../../src/cli/flags.ts'
import {executeRun} from '../../src/cli/runs.ts'
import {platformOf} from '../../src/environment/steps.ts'
import {planVpn} from '../../src/vpn/plan.ts'
import {buildVpnApply, vpnInput} from '../../src/vpn/register.ts'
import {forecastView, vpnRun} from '../../src/vpn/view.ts'

export default class VpnApply extends Mutation {
  static override summary = 'Make hosts carry a VPN as it was agreed; no other tunnel is touched'
  static override args = {vpn: Args.string({description: 'TENANT, or TENANT/SITE', required: true})}
  static override flags = {...planFlag, ...runFlags}
  static override examples = [
    '<%= config.bin %> <%= command.id %> acme --reason "order 4711"',
    '<%= config.bin %> <%= command.id %> acme/south --plan',
  ]

  protected override async answer({args, flags, world, request}: Typed<typeof VpnApply>) {
    if (flags.plan) {
      const result = await planVpn(await platformOf(world), args.vpn)
      return {result, view: forecastView(result)}
    }
    const input = await vpnInput(world, args.vpn)
    const result = await executeRun(world, {runbook: await buildVpnApply(world), input, request, ...flags})
    return {result, view: vpnRun(result, `next: selfhelp vpn status ${input.vpn}`)}
  }
}
