import {BaseCommand, type Typed} from '../../src/cli/base.ts'
import {listSchedules} from '../../src/schedule/list.ts'
import {scheduleRows} from '../../src/schedule/view.ts'

export default class ScheduleList extends BaseCommand {
  static override summary = 'List scheduled jobs: what comes next, what was fired, what was missed'
  static override examples = ['<%= config.bin %> <%= command.id %>', '<%= config.bin %> <%= command.id %> --json']

  protected override async answer({world}: Typed<typeof ScheduleList>) {
    const items = await listSchedules(await world.ledger(), world.clock)
    return {result: {items}, view: scheduleRows(items)}
  }
}
