import {Args, Flags} from '@oclif/core'
import {drilled} from '../../src/backup/view.ts'
import {Mutation, type Typed} from '../../src/cli/base.ts'
import {planFlag, runFlags} from '../../src/cli/flags.ts'
import {runsOf} from '../../src/cli/runs.ts'

export default class BackupDrill extends Mutation {
  static override summary = 'Restore the newest state beside the real one and compare them'
  static override args = {environment: Args.string({description: 'TENANT/NAME'})}
  static override flags = {
    all: Flags.boolean({description: 'every environment that is backed up', exclusive: ['due']}),
    due: Flags.boolean({description: 'those whose last good one is a month old'}),
    ...planFlag,
    ...runFlags,
  }
  static override examples = [
    '<%= config.bin %> <%= command.id %> acme/production',
    '<%= config.bin %> <%= command.id %> --due --reason "before the audit"',
  ]

  protected override async answer({args, flags, world, request}: Typed<typeof BackupDrill>) {
    const [{drillAll, meantForDrill}, {buildDrill}] = await Promise.all([
      import('../../src/backup/drill-all.ts'),
      import('../../src/backup/register.ts'),
    ])
    const ledger = await world.ledger()
    const inputs = await meantForDrill({ledger, clock: world.clock}, {environment: args.environment, ...flags})
    if (flags.plan)
      return drilled(inputs.map(({tenant, name}) => ({environment: `${tenant}/${name}`, drill: undefined})))
    await using runs = runsOf(world)
    const runbook = await buildDrill(world)
    const how = {detach: flags.detach, wait: flags.wait || inputs.length > 1}
    const items = await drillAll(ledger, inputs, input => runs.execute({runbook, input, request, ...how}))
    const failed = items.some(({drill}) => drill?.ok !== true) && !flags.detach
    return {...drilled(items), ...(failed ? {exit: 'partial' as const} : {})}
  }
}
