import {Mutation, type Typed} from '../../src/cli/base.ts'
import {runArgument, waitFlag} from '../../src/cli/flags.ts'
import {continueRun, runDone} from '../../src/cli/runs.ts'

export default class RunAbandon extends Mutation {
  static override summary = 'Undo what an unfinished run has done, in reverse'
  static override description = 'Refused past the point of no return of the run, where only resuming helps.'
  static override args = runArgument
  static override flags = waitFlag
  static override examples = [
    '<%= config.bin %> <%= command.id %> r7k3fq2a',
    '<%= config.bin %> <%= command.id %> r7k3fq2a --reason "wrong contract"',
  ]

  protected override async answer({args, flags, world, request}: Typed<typeof RunAbandon>) {
    const result = await continueRun(world, args.run, {request, wait: flags.wait, abandon: true})
    return {result, view: runDone(result)}
  }
}
