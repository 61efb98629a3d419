import {Args} from '@oclif/core'
import {Mutation, type Typed} from '../../src/cli/base.ts'
import {confirmed} from '../../src/cli/confirm.ts'
import {confirmFlag, planFlag, runFlags} from '../../src/cli/flags.ts'
import {executeRun, plannedRun} from '../../src/cli/runs.ts'
import {buildVpnRemove, vpnInput} from '../../src/vpn/register.ts'
import {vpnRun} from '../../src/vpn/view.ts'

export default class VpnRemove extends Mutation {
  static override summary = 'Take a VPN down and forget it, with its keys'
  static override args = {vpn: Args.string({description: 'TENANT, or TENANT/SITE', required: true})}
  static override flags = {...planFlag, ...confirmFlag, ...runFlags}
  static override examples = [
    '<%= config.bin %> <%= command.id %> acme --confirm acme/north',
    '<%= config.bin %> <%= command.id %> acme/south --confirm acme/south --reason "contract ended"',
  ]

  protected override async answer({args, flags, world, request}: Typed<typeof VpnRemove>) {
    const input = await vpnInput(world, args.vpn)
    const runbook = await buildVpnRemove(world)
    if (flags.plan) return plannedRun({runbook, input})
    const warning = `Cuts ${input.tenant} off from their servers: sign-in, mail and tickets that use them stop.`
    await confirmed({name: input.vpn, warning, confirm: flags.confirm}, world.streams)
    const result = await executeRun(world, {runbook, input, request, ...flags})
    return {result, view: vpnRun(result)}
  }
}
