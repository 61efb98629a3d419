import {Args} from '@oclif/core'
import {Mutation, type Typed} from '../../src/cli/base.ts'
import {planFlag, runFlags} from '../../src/cli/flags.ts'
import {executeRun} from '../../src/cli/runs.ts'
import {maintenanceRan} from '../../src/maintenance/view.ts'

export default class MaintenanceRun extends Mutation {
  static override summary = 'Patch the host of an operation in its slot, with the way back kept'
  static override description =
    'The scheduler begins it by itself. Security updates are named apart; --change security-fix installs nothing else.'
  static override args = {operation: Args.string({description: 'as `maintenance list` names it', required: true})}
  static override flags = {...planFlag, ...runFlags}
  static override examples = [
    '<%= config.bin %> <%= command.id %> mk3x9ab',
    '<%= config.bin %> <%= command.id %> mk3x9ab --plan --json',
  ]

  protected override async answer({args, flags, world, request}: Typed<typeof MaintenanceRun>) {
    const [{readyToPatch}, {showMaintenance}, {buildHostPatch}] = await Promise.all([
      import('../../src/maintenance/due.ts'),
      import('../../src/maintenance/list.ts'),
      import('../../src/maintenance/register.ts'),
    ])
    const ledger = await world.ledger()
    const input = await readyToPatch(ledger, world.clock.now(), args.operation)
    if (flags.plan) return maintenanceRan(await showMaintenance(ledger, args.operation), input)
    const runbook = await buildHostPatch(world)
    const run = await executeRun(world, {runbook, input, request, detach: flags.detach, wait: flags.wait})
    return maintenanceRan(await showMaintenance(ledger, args.operation), input, run)
  }
}
