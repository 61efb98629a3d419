import {Args} from '@oclif/core'
import {Mutation, type Typed} from '../../src/cli/base.ts'
import {planFlag, runFlags} from '../../src/cli/flags.ts'
import {executeRun, plannedRun} from '../../src/cli/runs.ts'
import {platformOf} from '../../src/environment/steps.ts'
import {fingerprintOf} from '../../src/vpn/key.ts'
import {vpnNamed} from '../../src/vpn/list.ts'
import {buildVpnRotate, vpnInput} from '../../src/vpn/register.ts'
import {vpnRun} from '../../src/vpn/view.ts'

export default class VpnRotateSecret extends Mutation {
  static override summary = 'Give a VPN new credentials; the tunnel that is up goes on'
  static override args = {vpn: Args.string({description: 'TENANT, or TENANT/SITE', required: true})}
  static override flags = {...planFlag, ...runFlags}
  static override examples = [
    '<%= config.bin %> <%= command.id %> acme --reason "yearly"',
    '<%= config.bin %> <%= command.id %> acme/south --json',
  ]

  protected override async answer({args, flags, world, request}: Typed<typeof VpnRotateSecret>) {
    const platform = await platformOf(world)
    const {spec} = await vpnNamed(platform.ledger, args.vpn)
    const input = {...(await vpnInput(world, args.vpn)), before: await fingerprintOf(platform, spec)}
    const runbook = await buildVpnRotate(world)
    if (flags.plan) return plannedRun({runbook, input})
    const result = await executeRun(world, {runbook, input, request, ...flags})
    return {result, view: vpnRun(result, `next: selfhelp vpn key ${input.vpn} --out FILE`)}
  }
}
