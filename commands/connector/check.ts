import {Args} from '@oclif/core'
import {BaseCommand, type Typed} from '../../src/cli/base.ts'
import {checkConnectors} from '../../src/connector/check.ts'
import {checkedView} from '../../src/connector/view.ts'

export default class ConnectorCheck extends BaseCommand {
  static override summary = "Try each of the customers' servers from each host that uses it"
  static override description = 'Says which addresses of ours the customer has to let in. Exit 5 unless all answer.'
  static override args = {tenant: Args.string({description: 'one tenant; all when left out'})}
  static override examples = ['<%= config.bin %> <%= command.id %> acme', '<%= config.bin %> <%= command.id %> --json']

  protected override async answer({args, world}: Typed<typeof ConnectorCheck>) {
    const result = await checkConnectors(await world.ledger(), world.machine, args.tenant)
    const well = result.items.every(({found}) => found === 'passes')
    return {result, view: checkedView(result), ...(well ? {} : {exit: 'partial' as const})}
  }
}
