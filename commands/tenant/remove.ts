import {Args, Flags} from '@oclif/core'
import {Mutation, type Typed} from '../../src/cli/base.ts'
import {confirmed} from '../../src/cli/confirm.ts'
import {confirmFlag, planFlag, runFlags} from '../../src/cli/flags.ts'
import {executeRun} from '../../src/cli/runs.ts'
import {tenantChangePlanned, tenantQueued, tenantRemoved} from '../../src/tenant/view.ts'

export default class TenantRemove extends Mutation {
  static override summary = 'Remove a tenant; a last encrypted dump is kept for a while'
  static override args = {name: Args.string({description: 'the tenant', required: true})}
  static override flags = {
    keep: Flags.string({description: 'how long the last dump is kept', default: '30d', helpValue: '30d'}),
    ...planFlag,
    ...confirmFlag,
    ...runFlags,
  }
  static override examples = [
    '<%= config.bin %> <%= command.id %> acme --confirm acme',
    '<%= config.bin %> <%= command.id %> acme --confirm acme --keep 90d --reason "contract ended"',
  ]

  protected override async answer({args, flags, world, request}: Typed<typeof TenantRemove>) {
    const [{daysKept, readyToRemove}, {buildTenantRemove}] = await Promise.all([
      import('../../src/tenant/remove.ts'),
      import('../../src/tenant/register.ts'),
    ])
    const keep = daysKept(flags.keep)
    const ledger = await world.ledger()
    const input = await readyToRemove(ledger, args.name, {home: world.home, keep})
    const runbook = await buildTenantRemove(world)
    if (flags.plan) return tenantChangePlanned(args.name, {...input, steps: runbook.steps(input)})
    const warning = `Removes ${input.environments.length} environments of ${args.name} with their databases.`
    await confirmed({name: args.name, warning, confirm: flags.confirm}, world.streams)
    const run = await executeRun(world, {runbook, input, request, ...flags})
    return flags.detach ? tenantQueued(run) : tenantRemoved(input, run.run)
  }
}
