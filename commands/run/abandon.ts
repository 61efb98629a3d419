import {Mutation, type Typed} from '../../src/cli/base.ts'
import {planFlag, runArgument, waitFlag} from '../../src/cli/flags.ts'
import {runbooksOf} from '../../src/cli/runbooks.ts'
import {continueRun, runDone} from '../../src/cli/runs.ts'
import {forecastRun} from '../../src/run/forecast.ts'
import {runForecast} from '../../src/run/view.ts'

export default class RunAbandon extends Mutation {
  static override summary = 'Undo what an unfinished run has done, in reverse'
  static override description = 'Refused past the point of no return of the run, where only resuming helps.'
  static override args = runArgument
  static override flags = {...planFlag, ...waitFlag}
  static override examples = [
    '<%= config.bin %> <%= command.id %> r7k3fq2a',
    '<%= config.bin %> <%= command.id %> r7k3fq2a --reason "wrong contract"',
  ]

  protected override async answer({args, flags, world, request}: Typed<typeof RunAbandon>) {
    if (flags.plan) {
      const result = await forecastRun(await world.ledger(), args.run, {runbooks: runbooksOf(world), abandon: true})
      return {result, view: runForecast(result)}
    }
    const result = await continueRun(world, args.run, {request, wait: flags.wait, abandon: true})
    return {result, view: runDone(result)}
  }
}
