import {Args} from '@oclif/core'
import {LedgerMutation, type Typed} from '../../src/cli/base.ts'
import {reasonRequired} from '../../src/cli/flags.ts'
import {kernelOf, signed} from '../../src/cli/kernel.ts'
import {takeOver} from '../../src/runbook/take-over.ts'

export default class RunTakeOver extends LedgerMutation {
  static override summary = 'Take a lock, and its run, from a live executor; the run stops, resumable'
  static override args = {lock: Args.string({description: '`environment:<id>` or `host:<name>`', required: true})}
  static override flags = reasonRequired
  static override examples = [
    '<%= config.bin %> <%= command.id %> host:north-1 --reason "its laptop sleeps"',
    '<%= config.bin %> <%= command.id %> environment:ek3f7q2 --reason "hangs since noon" --json',
  ]

  protected override async answer({args, world, request}: Typed<typeof RunTakeOver>) {
    const result = await takeOver(await kernelOf(world, 'command'), args.lock, await signed(world, request))
    const unheard = result.unheard.map(
      host => `${host} did not answer: it refuses the old executor after the next change.`,
    )
    const view = [
      `${result.lock} was taken from ${result.owner}; run ${result.run} is stopped, its executor writes nothing more.`,
      ...unheard,
      `→ selfhelp run resume ${result.run}`,
    ]
    return {result, view}
  }
}
