import {Flags} from '@oclif/core'
import {BaseCommand, type Typed} from '../src/cli/base.ts'
import {machineKeyFlag} from '../src/cli/flags.ts'
import {keptSchedule, workHere} from '../src/cli/work.ts'
import {keepSchedule} from '../src/schedule/keep.ts'

export default class Worker extends BaseCommand {
  static override summary = 'Execute queued runs, and those of dead executors, until interrupted'
  static override description =
    'Any number may work on one ledger. Interrupted once, each run stops after its step and is left to the next worker.'
  static override flags = {
    concurrency: Flags.integer({description: 'runs at once in this process', default: 4, min: 1, max: 64}),
    schedule: Flags.boolean({description: 'be a scheduler too'}),
    ...machineKeyFlag,
  }
  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    '<%= config.bin %> <%= command.id %> --schedule --concurrency 8',
  ]

  protected override async answer({flags, world}: Typed<typeof Worker>) {
    const {soon} = world.interruption
    const keeping = flags.schedule ? keepSchedule(await keptSchedule(world), soon) : undefined
    await Promise.all([workHere(world, flags.concurrency), keeping])
    return {result: {ended: world.clock.now()}, view: ''}
  }
}
