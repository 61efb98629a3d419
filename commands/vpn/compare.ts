import {Args, Flags} from '@oclif/core'
import {LedgerMutation, type Typed} from '../../src/cli/base.ts'
import {compareVpns} from '../../src/vpn/compare.ts'
import {comparedView} from '../../src/vpn/view.ts'

export default class VpnCompare extends LedgerMutation {
  static override summary = "Lay both kinds of link side by side, once the customer's norms are known"
  static override args = {tenant: Args.string({description: 'the customer', required: true})}
  static override flags = {
    norms: Flags.string({description: "what the customer's security norms ask for", helpValue: 'TEXT'}),
  }
  static override examples = [
    '<%= config.bin %> <%= command.id %> acme --norms "ISO 27001, no data over shared lines"',
    '<%= config.bin %> <%= command.id %> acme --json',
  ]

  protected override async answer({args, flags, world}: Typed<typeof VpnCompare>) {
    const today = world.clock.now().toZonedDateTimeISO('UTC').toPlainDate()
    const result = await compareVpns(await world.ledger(), {tenant: args.tenant, norms: flags.norms, today})
    return {result, view: comparedView(result)}
  }
}
