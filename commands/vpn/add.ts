import {Args} from '@oclif/core'
import {Mutation, type Typed} from '../../src/cli/base.ts'
import {planFlag} from '../../src/cli/flags.ts'
import {addVpn} from '../../src/vpn/add.ts'
import {specIn} from '../../src/vpn/read.ts'
import {vpnAdded} from '../../src/vpn/view.ts'

export default class VpnAdd extends Mutation {
  static override summary = 'Record what was agreed about a VPN; overlapping addresses are refused'
  static override args = {file: Args.string({description: 'the specification, YAML (docs/vpn.md)', required: true})}
  static override flags = planFlag
  static override examples = [
    '<%= config.bin %> <%= command.id %> examples/vpn-acme.yaml --reason "order 4711"',
    '<%= config.bin %> <%= command.id %> vpn-acme.yaml --plan',
  ]

  protected override async answer({args, flags, world}: Typed<typeof VpnAdd>) {
    const spec = await specIn(args.file)
    const result = await addVpn(await world.ledger(), spec, flags.plan)
    return {result, view: vpnAdded(result, flags.plan)}
  }
}
