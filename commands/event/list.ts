import {Flags} from '@oclif/core'
import {BaseCommand, type Typed} from '../../src/cli/base.ts'
import {listEvents} from '../../src/event/list.ts'
import {eventRows} from '../../src/event/view.ts'

export default class EventList extends BaseCommand {
  static override summary = 'List findings that someone must settle'
  static override flags = {
    open: Flags.boolean({description: 'only those that are open'}),
    limit: Flags.integer({description: 'at most that many', default: 50, min: 1}),
  }
  static override examples = [
    '<%= config.bin %> <%= command.id %> --open',
    '<%= config.bin %> <%= command.id %> --limit 200 --json',
  ]

  protected override async answer({flags: {open = false, limit}, world}: Typed<typeof EventList>) {
    const result = await listEvents(await world.ledger(), {open, limit})
    return {result, view: eventRows(result.items)}
  }
}
