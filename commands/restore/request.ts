import {Args, Flags} from '@oclif/core'
import {Mutation, type Typed} from '../../src/cli/base.ts'
import {planFlag} from '../../src/cli/flags.ts'
import {instantOf} from '../../src/cli/time.ts'
import {environmentNames} from '../../src/contract/model.ts'
import {requested} from '../../src/restore/view.ts'

export default class RestoreRequest extends Mutation {
  static override summary = 'Write down that a customer asked to go back to an earlier moment'
  static override description =
    'A time without a zone, in the future, or that backups do not reach is refused (R233). Up to 48 hours back we have 2 hours, beyond that 24 (R235, R236). With --environment that one gets a copy of production, and production stays as it is.'
  static override args = {tenant: Args.string({description: 'the tenant', required: true})}
  static override flags = {
    at: Flags.string({description: 'the moment to go back to, with its zone', helpValue: 'TIME', required: true}),
    by: Flags.string({description: 'the contact who asked', helpValue: 'CONTACT', required: true}),
    channel: Flags.string({description: 'how they asked', options: ['support', 'myeasyvista'], required: true}),
    ticket: Flags.string({description: 'the ticket of the request', helpValue: 'REF', required: true}),
    environment: Flags.option({
      description: 'which environment gets it',
      options: environmentNames,
      default: 'production' as const,
    })(),
    ...planFlag,
  }
  static override examples = [
    "<%= config.bin %> <%= command.id %> acme --at '2026-11-17 14:32 Europe/Paris' --by jdoe --channel support --ticket EV-2077",
    '<%= config.bin %> <%= command.id %> acme --at 2026-11-17T13:32:00Z --by jdoe --channel myeasyvista --ticket EV-2077 --plan',
    '<%= config.bin %> <%= command.id %> acme --environment qualification --at 2026-11-17T13:32:00Z --by jdoe --channel support --ticket EV-2078',
  ]

  protected override async answer({args, flags, world}: Typed<typeof RestoreRequest>) {
    const target = instantOf(flags.at)
    const [{requestRestore}, {platformOf}] = await Promise.all([
      import('../../src/restore/request.ts'),
      import('../../src/environment/steps.ts'),
    ])
    const {by, channel, ticket = '', plan, environment} = flags
    const asked = {tenant: args.tenant, environment, target, by, channel: `${channel}`, ticket}
    return requested({tenant: args.tenant, environment}, await requestRestore(await platformOf(world), asked, {plan}))
  }
}
