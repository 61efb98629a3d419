import {Args, Flags} from '@oclif/core'
import {BaseCommand, type Typed} from '../../src/cli/base.ts'
import {listVpns} from '../../src/vpn/list.ts'
import {vpnName} from '../../src/vpn/model.ts'
import {sized} from '../../src/vpn/size.ts'
import {sizedView} from '../../src/vpn/view.ts'

export default class VpnSize extends BaseCommand {
  static override summary = 'Estimate the bandwidth a VPN needs in its busiest second'
  static override args = {tenant: Args.string({description: 'whose VPNs are compared with it', required: true})}
  static override flags = {
    users: Flags.integer({description: 'people who may sign in', required: true}),
    'mails-per-hour': Flags.integer({description: 'mails in the busiest hour', required: true}),
    'logins-per-hour': Flags.integer({description: 'sign-ins in the busiest hour; all users when left out'}),
    concurrent: Flags.integer({description: 'users at once through the VPN, where that was agreed (R090)'}),
    'page-kilobytes': Flags.integer({description: 'weight of a page', default: 300}),
  }
  static override examples = [
    '<%= config.bin %> <%= command.id %> acme --users 2000 --mails-per-hour 600',
    '<%= config.bin %> <%= command.id %> acme --users 2000 --mails-per-hour 600 --concurrent 50 --json',
  ]

  protected override async answer({args, flags, world}: Typed<typeof VpnSize>) {
    const {items} = await listVpns(await world.ledger(), args.tenant)
    const declared = items.map(({spec}) => ({vpn: vpnName(spec), kilobitsPerSecond: spec.kilobitsPerSecond}))
    const {users, concurrent} = flags
    const load = {users, concurrent, mailsPerHour: flags['mails-per-hour'], loginsPerHour: flags['logins-per-hour']}
    const result = sized({...load, pageKilobytes: flags['page-kilobytes']}, declared)
    return {result, view: sizedView(result)}
  }
}
