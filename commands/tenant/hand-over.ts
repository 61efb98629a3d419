import {Args, Flags} from '@oclif/core'
import {Mutation, type Typed} from '../../src/cli/base.ts'
import {planFlag, runFlags} from '../../src/cli/flags.ts'
import {executeRun} from '../../src/cli/runs.ts'
import {tenantChangePlanned, tenantHandedOver, tenantQueued} from '../../src/tenant/view.ts'

export default class TenantHandOver extends Mutation {
  static override summary = 'End the installation: open the pages to the customer, whose contact agreed'
  static override description =
    'Refused while a chapter of the study is missing (R002). All environments of the tenant move from installation to implementation.'
  static override args = {name: Args.string({description: 'the tenant', required: true})}
  static override flags = {
    by: Flags.string({
      description: 'the contact who agreed; has the role decision',
      helpValue: 'CONTACT',
      required: true,
    }),
    channel: Flags.string({description: 'how they said it', options: ['mail', 'phone', 'meeting', 'ticket', 'letter']}),
    reference: Flags.string({description: 'where it can be read', helpValue: 'TEXT'}),
    ...planFlag,
    ...runFlags,
  }
  static override examples = [
    '<%= config.bin %> <%= command.id %> acme --by jdoe',
    '<%= config.bin %> <%= command.id %> acme --by jdoe --channel mail --reference "mail of 2026-11-30"',
  ]

  protected override async answer({args, flags, world, request}: Typed<typeof TenantHandOver>) {
    const [{readyToHandOver}, {showTenant}, {buildTenantHandOver, caFileOf}] = await Promise.all([
      import('../../src/tenant/hand-over.ts'),
      import('../../src/tenant/show.ts'),
      import('../../src/tenant/register.ts'),
    ])
    const {by, channel, reference} = flags
    const said = {by, ...(channel ? {channel} : {}), ...(reference ? {reference} : {})}
    const ledger = await world.ledger()
    const input = await readyToHandOver(ledger, args.name, said)
    const runbook = await buildTenantHandOver(world)
    if (flags.plan) {
      const steps = input ? runbook.steps(input) : []
      return tenantChangePlanned(args.name, {environments: input?.environments ?? [], steps})
    }
    const run = input && (await executeRun(world, {runbook, input, request, ...flags}))
    if (run && flags.detach) return tenantQueued(run)
    return tenantHandedOver(await showTenant(ledger, args.name, caFileOf(world)), run?.run)
  }
}
