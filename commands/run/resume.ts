import {Mutation, type Typed} from '../../src/cli/base.ts'
import {runArgument, waitFlag} from '../../src/cli/flags.ts'
import {continueRun, runDone} from '../../src/cli/runs.ts'

export default class RunResume extends Mutation {
  static override summary = 'Go on with a run where its records end, in this process'
  static override description = 'A run that was going back goes on going back. What has passed is not done again.'
  static override args = runArgument
  static override flags = waitFlag
  static override examples = [
    '<%= config.bin %> <%= command.id %> r7k3fq2a',
    '<%= config.bin %> <%= command.id %> r7k3fq2a --wait --reason "host is back"',
  ]

  protected override async answer({args, flags, world, request}: Typed<typeof RunResume>) {
    const result = await continueRun(world, args.run, {request, wait: flags.wait})
    return {result, view: runDone(result)}
  }
}
