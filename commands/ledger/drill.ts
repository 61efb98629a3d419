import {Mutation, type Typed} from '../../src/cli/base.ts'
import {planFlag, runFlags} from '../../src/cli/flags.ts'
import {executeRun} from '../../src/cli/runs.ts'
import {drilled} from '../../src/safekeeping/view.ts'

export default class LedgerDrill extends Mutation {
  static override summary = 'Restore the ledger beside itself from the other host, and compare them'
  static override flags = {...planFlag, ...runFlags}
  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    '<%= config.bin %> <%= command.id %> --reason "before the audit"',
  ]

  protected override async answer({flags, world, request}: Typed<typeof LedgerDrill>) {
    const [{ledgerDrill}, {keptOn}, {buildLedgerDrill}] = await Promise.all([
      import('../../src/ledger/drill.ts'),
      import('../../src/safekeeping/place.ts'),
      import('../../src/safekeeping/register.ts'),
    ])
    const ledger = await world.ledger()
    await keptOn(ledger, undefined)
    if (flags.plan) return drilled()
    const run = await executeRun(world, {runbook: await buildLedgerDrill(world), input: {}, request, ...flags})
    return drilled(run, await ledgerDrill(ledger, run.run))
  }
}
