import {Args} from '@oclif/core'
import {BaseCommand, type Typed} from '../../src/cli/base.ts'
import {vpnNamed} from '../../src/vpn/list.ts'
import {vpnFields} from '../../src/vpn/view.ts'

export default class VpnShow extends BaseCommand {
  static override summary = 'Show what was agreed about a VPN'
  static override args = {vpn: Args.string({description: 'TENANT, or TENANT/SITE', required: true})}
  static override examples = [
    '<%= config.bin %> <%= command.id %> acme',
    '<%= config.bin %> <%= command.id %> acme/north --json',
  ]

  protected override async answer({args, world}: Typed<typeof VpnShow>) {
    const result = await vpnNamed(await world.ledger(), args.vpn)
    return {result, view: vpnFields(result)}
  }
}
