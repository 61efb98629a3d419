import {BaseCommand, type Typed} from '../../src/cli/base.ts'
import {listOperators} from '../../src/operator/list.ts'
import {operatorRows} from '../../src/operator/view.ts'

export default class OperatorList extends BaseCommand {
  static override summary = 'List who signs changes, and who did'
  static override examples = ['<%= config.bin %> <%= command.id %>', '<%= config.bin %> <%= command.id %> --json']

  protected override async answer({world}: Typed<typeof OperatorList>) {
    const result = await listOperators(await world.ledger())
    return {result, view: operatorRows(result.items)}
  }
}
