import {Flags} from '@oclif/core'
import {BaseCommand, type Typed} from '../../src/cli/base.ts'
import {unfinished} from '../../src/ledger/run.ts'
import {listRuns} from '../../src/run/list.ts'
import {runRows} from '../../src/run/view.ts'

export default class RunList extends BaseCommand {
  static override summary = 'List runs: first those that left something open, then the newest'
  static override flags = {
    tenant: Flags.string({description: 'only runs about this tenant', helpValue: 'NAME'}),
    unfinished: Flags.boolean({description: 'only runs that have not ended'}),
    limit: Flags.integer({description: 'how many', default: 20, min: 1, max: 1000}),
  }
  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    '<%= config.bin %> <%= command.id %> --unfinished --tenant acme --json',
  ]

  protected override async answer({flags, world}: Typed<typeof RunList>) {
    const {tenant, limit} = flags
    const filter = {limit, ...(tenant ? {tenant} : {}), ...(flags.unfinished ? {states: unfinished} : {})}
    const items = await listRuns(await world.ledger(), filter)
    return {result: {items}, view: runRows(items)}
  }
}
