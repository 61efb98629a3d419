import {listOverrides} from '../../src/calendar/overriding.ts'
import {overrideRows} from '../../src/calendar/view.ts'
import {BaseCommand, type Typed} from '../../src/cli/base.ts'

export default class OverrideList extends BaseCommand {
  static override summary = 'List exceptions from the calendar: who asked, who approved, until when'
  static override examples = ['<%= config.bin %> <%= command.id %>', '<%= config.bin %> <%= command.id %> --json']

  protected override async answer({world}: Typed<typeof OverrideList>) {
    const result = await listOverrides(await world.ledger(), world.clock.now())
    return {result, view: overrideRows(result.items)}
  }
}
