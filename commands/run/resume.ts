import {Mutation, type Typed} from '../../src/cli/base.ts'
import {planFlag, runArgument, waitFlag} from '../../src/cli/flags.ts'
import {runbooksOf} from '../../src/cli/runbooks.ts'
import {continueRun, runDone} from '../../src/cli/runs.ts'
import {forecastRun} from '../../src/run/forecast.ts'
import {runForecast} from '../../src/run/view.ts'

export default class RunResume extends Mutation {
  static override summary = 'Go on with a run where its records end, in this process'
  static override description = 'A run that was going back goes on going back. What has passed is not done again.'
  static override args = runArgument
  static override flags = {...planFlag, ...waitFlag}
  static override examples = [
    '<%= config.bin %> <%= command.id %> r7k3fq2a',
    '<%= config.bin %> <%= command.id %> r7k3fq2a --wait --reason "host is back"',
  ]

  protected override async answer({args, flags, world, request}: Typed<typeof RunResume>) {
    if (flags.plan) {
      const result = await forecastRun(await world.ledger(), args.run, {runbooks: runbooksOf(world), abandon: false})
      return {result, view: runForecast(result)}
    }
    const result = await continueRun(world, args.run, {request, wait: flags.wait})
    return {result, view: runDone(result)}
  }
}
