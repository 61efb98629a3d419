import {Args, Flags} from '@oclif/core'
import {Mutation, type Typed} from '../../src/cli/base.ts'
import {planFlag, runFlags} from '../../src/cli/flags.ts'
import {executeRun} from '../../src/cli/runs.ts'
import {tenantCreated, tenantPlanned, tenantQueued} from '../../src/tenant/view.ts'

export default class TenantCreate extends Mutation {
  static override summary = 'Put a tenant on hosts, from its contract to pages over https'
  static override description =
    'Makes every environment the contract subscribes, closed until `tenant hand-over`. The same typed again continues what was interrupted, or changes nothing.'
  static override args = {name: Args.string({description: 'the tenant, as in its contract', required: true})}
  static override flags = {
    contract: Flags.string({description: 'the contract, YAML', helpValue: 'FILE', required: true}),
    host: Flags.string({description: 'put a role on this host', helpValue: 'ROLE=NAME', multiple: true}),
    ...planFlag,
    ...runFlags,
  }
  static override examples = [
    '<%= config.bin %> <%= command.id %> acme --contract examples/acme.yaml',
    '<%= config.bin %> <%= command.id %> acme --contract acme.yaml --host database=north-1 --plan',
  ]

  protected override async answer({args, flags, world, request}: Typed<typeof TenantCreate>) {
    const [{beginTenant, typedTenant}, {showTenant}, {beginningOf, buildTenantCreate, caFileOf}] = await Promise.all([
      import('../../src/tenant/begin.ts'),
      import('../../src/tenant/show.ts'),
      import('../../src/tenant/register.ts'),
    ])
    const typed = await typedTenant({name: args.name, file: flags.contract, hosts: flags.host ?? []})
    const [beginning, runbook] = await Promise.all([beginningOf(world), buildTenantCreate(world)])
    const input = await beginTenant(beginning, typed)
    if (flags.plan) return tenantPlanned(input, input ? runbook.steps(input) : [])
    if (!flags.detach) world.warm(input?.environments.flatMap(({placed}) => placed.map(({host}) => host)) ?? [])
    // What is signed is the content of the file; its name says nothing tomorrow.
    const signed = {...request, input: {...request.input, ...typed}}
    const run = input && (await executeRun(world, {runbook, input, request: signed, ...flags}))
    if (run && flags.detach) return tenantQueued(run)
    return tenantCreated(await showTenant(beginning.ledger, args.name, caFileOf(world)), run?.run)
  }
}
