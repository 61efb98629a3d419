import {Args} from '@oclif/core'
import {Mutation, type Typed} from '../../src/cli/base.ts'
import {planFlag, runFlags} from '../../src/cli/flags.ts'
import {executeRun} from '../../src/cli/runs.ts'
import {tenantChangePlanned, tenantInvited, tenantQueued} from '../../src/tenant/view.ts'

export default class TenantInvite extends Mutation {
  static override summary = 'Make new one-time links for a tenant; the ones before end'
  static override description =
    'For links that were lost or are over after 7 days. A password that was chosen stays until its link is used.'
  static override args = {name: Args.string({description: 'the tenant', required: true})}
  static override flags = {...planFlag, ...runFlags}
  static override examples = [
    '<%= config.bin %> <%= command.id %> acme --reason "jdoe lost the mail"',
    '<%= config.bin %> <%= command.id %> acme --plan',
  ]

  protected override async answer({args, flags, world, request}: Typed<typeof TenantInvite>) {
    const [{readyToInvite}, {showTenant}, {buildTenantInvite, caFileOf}] = await Promise.all([
      import('../../src/tenant/invite.ts'),
      import('../../src/tenant/show.ts'),
      import('../../src/tenant/register.ts'),
    ])
    const ledger = await world.ledger()
    const input = await readyToInvite(ledger, args.name)
    const runbook = await buildTenantInvite(world)
    if (flags.plan) return tenantChangePlanned(args.name, {...input, steps: runbook.steps(input)})
    const run = await executeRun(world, {runbook, input, request, ...flags})
    if (flags.detach) return tenantQueued(run)
    return tenantInvited(await showTenant(ledger, args.name, caFileOf(world)), run.run)
  }
}
