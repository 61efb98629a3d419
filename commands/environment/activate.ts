import {Args, Flags} from '@oclif/core'
import {activated} from '../../src/activation/view.ts'
import {Mutation, type Typed} from '../../src/cli/base.ts'
import {planFlag, runFlags} from '../../src/cli/flags.ts'
import {executeRun} from '../../src/cli/runs.ts'

export default class EnvironmentActivate extends Mutation {
  static override summary = 'Put production into service: backups begin, the first one is restored as proof'
  static override description =
    'Asked by a contact of the customer with the role decision (R123). What is not proven leaves the phase as it was (R124).'
  static override args = {environment: Args.string({description: 'TENANT/production', required: true})}
  static override flags = {
    by: Flags.string({description: 'the contact who asked', helpValue: 'CONTACT', required: true}),
    request: Flags.string({description: 'where that can be read', helpValue: 'REF', required: true}),
    ...planFlag,
    ...runFlags,
  }
  static override examples = [
    '<%= config.bin %> <%= command.id %> acme/production --request EV-2041 --by jdoe',
    '<%= config.bin %> <%= command.id %> acme/production --request EV-2041 --by jdoe --plan',
  ]

  protected override async answer({args, flags, world, request}: Typed<typeof EnvironmentActivate>) {
    const [{readyToActivate}, {buildActivate}] = await Promise.all([
      import('../../src/activation/activate.ts'),
      import('../../src/activation/register.ts'),
    ])
    const input = await readyToActivate(await world.ledger(), {...args, ...flags})
    const runbook = await buildActivate(world)
    const about = {environment: args.environment, steps: input ? runbook.steps(input).map(({name}) => name) : []}
    if (flags.plan || input === undefined) return activated(about)
    return activated(about, await executeRun(world, {runbook, input, request, detach: flags.detach, wait: flags.wait}))
  }
}
