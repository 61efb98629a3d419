import {Flags} from '@oclif/core'
import {Mutation, type Typed} from '../../src/cli/base.ts'
import {planFlag, runFlags} from '../../src/cli/flags.ts'
import {executeRun} from '../../src/cli/runs.ts'
import {backedUp} from '../../src/safekeeping/view.ts'

export default class LedgerBackup extends Mutation {
  static override summary = 'Back the ledger up and bring it to another host, with all its WAL'
  static override description =
    'The first one begins it: from then on WAL is kept each minute, and the schedule brings it away every ten minutes.'
  static override flags = {
    to: Flags.string({description: 'the repository host that keeps it; as before when left out', helpValue: 'HOST'}),
    type: Flags.string({
      description: 'all of it, what changed since the last one, or whatever is due',
      options: ['full', 'incremental', 'due'],
      default: 'incremental',
    }),
    ...planFlag,
    ...runFlags,
  }
  static override examples = [
    '<%= config.bin %> <%= command.id %> --to south-1',
    '<%= config.bin %> <%= command.id %> --type full --reason "before the update"',
  ]

  protected override async answer({flags, world, request}: Typed<typeof LedgerBackup>) {
    const [{folderThere, keptOn}, {ledgerBackups}, {buildLedgerBackup, keeperOf}] = await Promise.all([
      import('../../src/safekeeping/place.ts'),
      import('../../src/safekeeping/list.ts'),
      import('../../src/safekeeping/register.ts'),
    ])
    const keeper = await keeperOf(world)
    const host = await keptOn(keeper.ledger, flags.to)
    const about = {type: flags.type, host, folder: await folderThere(keeper.ledger)}
    const after = (await ledgerBackups(keeper)).items.at(-1)?.label
    if (flags.plan) return backedUp(about)
    const input = {type: flags.type, host, ...(after === undefined ? {} : {after})}
    const run = await executeRun(world, {runbook: await buildLedgerBackup(world), input, request, ...flags})
    return backedUp(about, run, flags.detach ? undefined : await ledgerBackups(keeper))
  }
}
