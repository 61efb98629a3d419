import {BaseCommand, type Typed} from '../src/cli/base.ts'
import {machineKeyFlag} from '../src/cli/flags.ts'
import {keptSchedule} from '../src/cli/work.ts'
import {deliverDue} from '../src/notice/deliver.ts'
import {deliveringOf} from '../src/notice/register.ts'
import {keepSchedule} from '../src/schedule/keep.ts'

export default class Scheduler extends BaseCommand {
  static override summary = 'Enqueue scheduled jobs at their instants, until interrupted'
  static override description =
    'Any number may run on one ledger: an instant is fired once. Workers execute what it enqueues. What nobody fired ' +
    'in time is listed as missed, and fired once later only where the job catches up. Notices that are due leave from here too.'
  static override flags = machineKeyFlag
  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    '<%= config.bin %> <%= command.id %> --operator-key /etc/selfhelp/scheduler',
  ]

  protected override async answer({world}: Typed<typeof Scheduler>) {
    const delivering = await deliveringOf(world)
    await keepSchedule(await keptSchedule(world), world.interruption.soon, () => deliverDue(delivering))
    return {result: {ended: world.clock.now()}, view: ''}
  }
}
