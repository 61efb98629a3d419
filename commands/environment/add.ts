import {Args, Flags} from '@oclif/core'
import {Mutation, type Typed} from '../../src/cli/base.ts'
import {planFlag, runFlags} from '../../src/cli/flags.ts'
import {executeRun} from '../../src/cli/runs.ts'
import {tenantCreated, tenantPlanned, tenantQueued} from '../../src/tenant/view.ts'

export default class EnvironmentAdd extends Mutation {
  static override summary = 'Make one more subscribed environment of a tenant'
  static override args = {environment: Args.string({description: 'TENANT/NAME', required: true})}
  static override flags = {
    host: Flags.string({description: 'put a role on this host', helpValue: 'ROLE=NAME', multiple: true}),
    ...planFlag,
    ...runFlags,
  }
  static override examples = [
    '<%= config.bin %> <%= command.id %> acme/qualification',
    '<%= config.bin %> <%= command.id %> acme/training --host database=north-2 --plan',
  ]

  protected override async answer({args, flags, world, request}: Typed<typeof EnvironmentAdd>) {
    const [{beginEnvironment}, {showTenant}, {beginningOf, buildEnvironmentAdd, caFileOf}] = await Promise.all([
      import('../../src/tenant/begin.ts'),
      import('../../src/tenant/show.ts'),
      import('../../src/tenant/register.ts'),
    ])
    const [beginning, runbook] = await Promise.all([beginningOf(world), buildEnvironmentAdd(world)])
    const input = await beginEnvironment(beginning, {environment: args.environment, hosts: flags.host ?? []})
    if (flags.plan) return tenantPlanned(input, input ? runbook.steps(input) : [])
    const run = input && (await executeRun(world, {runbook, input, request, ...flags}))
    if (run && flags.detach) return tenantQueued(run)
    const [tenant = ''] = args.environment.split('/')
    return tenantCreated(await showTenant(beginning.ledger, tenant, caFileOf(world)), run?.run)
  }
}
