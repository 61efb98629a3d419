import {Args, Flags} from '@oclif/core'
import {BaseCommand, type Typed} from '../../src/cli/base.ts'
import {platformOf} from '../../src/environment/steps.ts'
import {sheetOf} from '../../src/vpn/sheet.ts'

export default class VpnSheet extends BaseCommand {
  static override summary = "Print the customer's sheet of parameters as a page; the key is not on it"
  static override args = {vpn: Args.string({description: 'TENANT, or TENANT/SITE', required: true})}
  static override flags = {
    locale: Flags.option({description: 'the language', options: ['fr', 'en'] as const, default: 'en' as const})(),
    strongswan: Flags.boolean({description: 'only the configuration for a strongSwan of theirs'}),
  }
  static override examples = [
    '<%= config.bin %> <%= command.id %> acme --locale fr > acme.html',
    '<%= config.bin %> <%= command.id %> acme/south --strongswan',
  ]

  protected override async answer({args, flags, world}: Typed<typeof VpnSheet>) {
    const result = await sheetOf(await platformOf(world), args.vpn, flags.locale)
    return {result, view: flags.strongswan ? (result.peerConfiguration ?? '') : result.html}
  }
}
