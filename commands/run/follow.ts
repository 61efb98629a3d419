import {BaseCommand, type Typed} from '../../src/cli/base.ts'
import {runArgument} from '../../src/cli/flags.ts'
import {runbooksOf} from '../../src/cli/runbooks.ts'
import {watchHere} from '../../src/cli/runs.ts'
import {showRun} from '../../src/run/show.ts'
import {runView} from '../../src/run/view.ts'
import {watchRun} from '../../src/run/watch.ts'

export default class RunFollow extends BaseCommand {
  static override summary = 'Watch a run that another process follows; exits as that run does'
  static override args = runArgument
  static override examples = [
    '<%= config.bin %> <%= command.id %> r7k3fq2a',
    '<%= config.bin %> <%= command.id %> r7k3fq2a --json',
  ]

  protected override async answer({args, world}: Typed<typeof RunFollow>) {
    const ledger = await world.ledger()
    const {steps} = await showRun(ledger, args.run, runbooksOf(world))
    await watchHere(world, args.run, watching => watchRun(ledger, args.run, {...watching, of: steps.length}))
    const result = await showRun(ledger, args.run, runbooksOf(world))
    return {result, view: runView(result)}
  }
}
