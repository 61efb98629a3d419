import {Args, Flags} from '@oclif/core'
import {Mutation, type Typed} from '../../src/cli/base.ts'
import {planFlag} from '../../src/cli/flags.ts'
import {addConnector} from '../../src/connector/add.ts'
import {parseConnector, reachabilities} from '../../src/connector/model.ts'
import {connectorAdded} from '../../src/connector/view.ts'
import {purposes} from '../../src/flow/model.ts'

export default class ConnectorAdd extends Mutation {
  static override summary = 'Record how a server of a customer is reached: openly, or through a VPN'
  static override args = {connector: Args.string({description: 'TENANT/NAME', required: true})}
  static override flags = {
    purpose: Flags.string({description: 'what for', options: [...purposes], required: true}),
    address: Flags.string({description: 'IPv4 or IPv6', helpValue: 'ADDRESS', required: true}),
    port: Flags.integer({description: 'the TCP port', required: true}),
    reachability: Flags.string({
      description: 'by anybody, by our addresses alone, or through the VPN',
      options: [...reachabilities],
      required: true,
    }),
    ...planFlag,
  }
  static override examples = [
    '<%= config.bin %> <%= command.id %> acme/directory --purpose ldap --address 10.20.0.10 --port 636 --reachability vpn',
    '<%= config.bin %> <%= command.id %> acme/mail --purpose mail --address 8.8.4.25 --port 465 --reachability restricted --plan',
  ]

  protected override async answer({args, flags, world}: Typed<typeof ConnectorAdd>) {
    const connector = parseConnector({...flags, named: args.connector})
    const result = await addConnector(await world.ledger(), connector, flags.plan)
    return {result, view: connectorAdded(result, flags.plan)}
  }
}
