import {BaseCommand, type Typed} from '../../src/cli/base.ts'
import {runArgument} from '../../src/cli/flags.ts'
import {runbooksOf} from '../../src/cli/runbooks.ts'
import {showRun} from '../../src/run/show.ts'
import {runView} from '../../src/run/view.ts'

export default class RunShow extends BaseCommand {
  static override summary = 'Show one run: why it stopped and where, what is true now, and what to type'
  static override args = runArgument
  static override examples = [
    '<%= config.bin %> <%= command.id %> r7k3fq2a',
    '<%= config.bin %> <%= command.id %> r7k3fq2a --json',
  ]

  protected override async answer({args, world}: Typed<typeof RunShow>) {
    const result = await showRun(await world.ledger(), args.run, runbooksOf(world))
    return {result, view: runView(result)}
  }
}
