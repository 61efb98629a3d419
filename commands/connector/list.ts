import {Args} from '@oclif/core'
import {BaseCommand, type Typed} from '../../src/cli/base.ts'
import {listConnectors} from '../../src/connector/add.ts'
import {connectorRows} from '../../src/connector/view.ts'

export default class ConnectorList extends BaseCommand {
  static override summary = "List the customers' servers that functions use, and how each is reached"
  static override args = {tenant: Args.string({description: 'one tenant; all when left out'})}
  static override examples = ['<%= config.bin %> <%= command.id %> acme', '<%= config.bin %> <%= command.id %> --json']

  protected override async answer({args, world}: Typed<typeof ConnectorList>) {
    const result = await listConnectors(await world.ledger(), args.tenant)
    return {result, view: connectorRows(result.items)}
  }
}
