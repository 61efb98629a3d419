import {Args} from '@oclif/core'
import {Mutation, type Typed} from '../../src/cli/base.ts'
import {planFlag, waitFlag} from '../../src/cli/flags.ts'
import {runbooksOf} from '../../src/cli/runbooks.ts'
import {executeRun, plannedRun, runDone} from '../../src/cli/runs.ts'
import {runByHand} from '../../src/schedule/by-hand.ts'
import {scheduleNamed} from '../../src/schedule/list.ts'

export default class ScheduleRun extends Mutation {
  static override summary = 'Run a scheduled job now, in this process; for an external cron, or by hand'
  static override args = {name: Args.string({description: 'the job, as `schedule list` names it', required: true})}
  static override flags = {...planFlag, ...waitFlag}
  static override examples = [
    '<%= config.bin %> <%= command.id %> expire-farewells',
    '<%= config.bin %> <%= command.id %> expire-farewells --wait --json',
  ]

  protected override async answer({args, flags, world, request}: Typed<typeof ScheduleRun>) {
    if (flags.plan) {
      const {runbook, input} = await scheduleNamed(await world.ledger(), args.name)
      return plannedRun({runbook: await runbooksOf(world)(runbook), input})
    }
    const {job, id} = await runByHand(await world.ledger(), args.name, world.clock.now())
    const runbook = await runbooksOf(world)(job.runbook)
    const result = await executeRun(world, {runbook, input: job.input, request, wait: flags.wait, id})
    return {result, view: runDone(result)}
  }
}
