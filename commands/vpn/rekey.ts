import {Args} from '@oclif/core'
import {Mutation, type Typed} from '../../src/cli/base.ts'
import {planFlag, runFlags} from '../../src/cli/flags.ts'
import {executeRun, plannedRun} from '../../src/cli/runs.ts'
import {platformOf} from '../../src/environment/steps.ts'
import {buildVpnRekey, vpnInput} from '../../src/vpn/register.ts'
import {spisOf} from '../../src/vpn/rotate.ts'
import {vpnRun} from '../../src/vpn/view.ts'

export default class VpnRekey extends Mutation {
  static override summary = 'Agree on new traffic keys now; traffic goes on meanwhile'
  static override args = {vpn: Args.string({description: 'TENANT, or TENANT/SITE', required: true})}
  static override flags = {...planFlag, ...runFlags}
  static override examples = [
    '<%= config.bin %> <%= command.id %> acme --reason "keys may have been seen"',
    '<%= config.bin %> <%= command.id %> acme/south --json',
  ]

  protected override async answer({args, flags, world, request}: Typed<typeof VpnRekey>) {
    const [before = ''] = await spisOf(await platformOf(world), args.vpn)
    const input = {...(await vpnInput(world, args.vpn)), before}
    const runbook = await buildVpnRekey(world)
    if (flags.plan) return plannedRun({runbook, input})
    const result = await executeRun(world, {runbook, input, request, ...flags})
    return {result, view: vpnRun(result)}
  }
}
