import {Args, Flags} from '@oclif/core'
import {Mutation, type Typed} from '../../src/cli/base.ts'
import {planFlag, reasonRequired, runFlags} from '../../src/cli/flags.ts'
import {executeRun} from '../../src/cli/runs.ts'
import {lifted} from '../../src/restore/view.ts'

export default class RestoreLift extends Mutation {
  static override summary = 'Let a copy of production call out again, on the word of a contact'
  static override description = 'Its pages go on saying of which moment it is a copy.'
  static override args = {environment: Args.string({description: 'TENANT/NAME, which got a copy', required: true})}
  static override flags = {
    by: Flags.string({description: 'the contact who decided', helpValue: 'CONTACT', required: true}),
    ...reasonRequired,
    ...planFlag,
    ...runFlags,
  }
  static override examples = [
    '<%= config.bin %> <%= command.id %> acme/qualification --by jdoe --reason "mail is tried against a test mailbox"',
    '<%= config.bin %> <%= command.id %> acme/qualification --by jdoe --reason "validation" --plan',
  ]

  protected override async answer({args, flags, world, request}: Typed<typeof RestoreLift>) {
    const [{readyToLift}, {buildRestoreLift}] = await Promise.all([
      import('../../src/restore/lift.ts'),
      import('../../src/restore/register.ts'),
    ])
    const {environment} = args
    const {by, plan, detach, wait} = flags
    const input = await readyToLift(await world.ledger(), {environment, by})
    if (input === undefined) return lifted(environment, by, 'before')
    if (plan) return lifted(environment, by)
    const runbook = await buildRestoreLift(world)
    return lifted(environment, by, await executeRun(world, {runbook, input, request, detach, wait}))
  }
}
