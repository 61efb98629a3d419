import {Args} from '@oclif/core'
import {Mutation, type Typed} from '../../src/cli/base.ts'
import {confirmed} from '../../src/cli/confirm.ts'
import {confirmFlag, planFlag} from '../../src/cli/flags.ts'
import {removeConnector} from '../../src/connector/add.ts'
import {parseName} from '../../src/connector/model.ts'

export default class ConnectorRemove extends Mutation {
  static override summary = 'Forget a server of a customer; its door closes with the next host apply'
  static override args = {connector: Args.string({description: 'TENANT/NAME', required: true})}
  static override flags = {...planFlag, ...confirmFlag}
  static override examples = [
    '<%= config.bin %> <%= command.id %> acme/directory --confirm acme/directory --reason "moved to SSO"',
    '<%= config.bin %> <%= command.id %> acme/directory --plan',
  ]

  protected override async answer({args, flags, world}: Typed<typeof ConnectorRemove>) {
    const named = parseName(args.connector)
    const warning = 'The function that uses it stops.'
    if (!flags.plan) await confirmed({name: args.connector, warning, confirm: flags.confirm}, world.streams)
    const result = await removeConnector(await world.ledger(), named, flags.plan)
    return {result, view: `the connector ${result.connector} ${flags.plan ? 'would be' : 'is'} forgotten`}
  }
}
