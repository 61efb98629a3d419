import {Args, Flags} from '@oclif/core'
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
  static override flags = {
    ...planFlag,
    ...runFlags,
    now: Flags.boolean({description: 'the old ones have leaked: end the tunnel, and begin it with the new ones'}),
  }
  static override examples = [
    '<%= config.bin %> <%= command.id %> acme --reason "yearly"',
    '<%= config.bin %> <%= command.id %> acme/south --now --reason "its device was stolen"',
  ]

  protected override async answer({args, flags, world, request}: Typed<typeof VpnRotateSecret>) {
    const platform = await platformOf(world)
    const {spec} = await vpnNamed(platform.ledger, args.vpn)
    const before = await fingerprintOf(platform, spec)
    const input = {...(await vpnInput(world, args.vpn)), before, ...(flags.now ? {now: true} : {})}
    const runbook = await buildVpnRotate(world)
    if (flags.plan) return plannedRun({runbook, input})
    const result = await executeRun(world, {runbook, input, request, ...flags})
    return {result, view: vpnRun(result, `next: selfhelp vpn key ${input.vpn} --out FILE`)}
  }
}
