import {BaseCommand, type Typed} from '../../src/cli/base.ts'
import {listProbes} from '../../src/probe/list.ts'
import {probeRows} from '../../src/probe/view.ts'

export default class ProbeList extends BaseCommand {
  static override summary = 'List the points from which the platform is looked at from outside'
  static override examples = ['<%= config.bin %> <%= command.id %>', '<%= config.bin %> <%= command.id %> --json']

  protected override async answer({world}: Typed<typeof ProbeList>) {
    const result = await listProbes(await world.ledger())
    return {result, view: probeRows(result.items)}
  }
}
