import {Args, Flags} from '@oclif/core'
import {Mutation, type Typed} from '../../src/cli/base.ts'
import {planFlag} from '../../src/cli/flags.ts'
import {platformOf} from '../../src/environment/steps.ts'
import {writeWhole} from '../../src/secret/private-file.ts'
import {forTheCustomer} from '../../src/vpn/key.ts'
import {vpnNamed} from '../../src/vpn/list.ts'
import {vpnName} from '../../src/vpn/model.ts'

export default class VpnKey extends Mutation {
  static override summary = "Write the customer's key to a file, to be sent by another channel"
  static override args = {vpn: Args.string({description: 'TENANT, or TENANT/SITE', required: true})}
  static override flags = {
    out: Flags.string({description: 'a new file, mode 0600', helpValue: 'FILE', required: true}),
    ...planFlag,
  }
  static override examples = [
    '<%= config.bin %> <%= command.id %> acme --out acme.key --reason "handed to Jane Doe"',
    '<%= config.bin %> <%= command.id %> acme/south --out south.key --json',
  ]

  protected override async answer({args, flags, world}: Typed<typeof VpnKey>) {
    const platform = await platformOf(world)
    const {spec} = await vpnNamed(platform.ledger, args.vpn)
    const key = await forTheCustomer(platform, spec)
    const result = {vpn: vpnName(spec), file: flags.out}
    if (flags.plan) return {result, view: `the key would be written to ${flags.out}`}
    writeWhole(flags.out, key.expose())
    return {
      result,
      view: `the key is in ${flags.out}: give it by another channel than the sheet, then delete it`,
    }
  }
}
