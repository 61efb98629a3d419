import {Args} from '@oclif/core'
import {Mutation, type Typed} from '../../src/cli/base.ts'
import {planFlag, runFlags} from '../../src/cli/flags.ts'
import {executeRun} from '../../src/cli/runs.ts'
import {transferred} from '../../src/transfer/view.ts'

export default class BackupTransfer extends Mutation {
  static override summary = "Send a copy of production to the customer's server now"
  static override description =
    'Encrypted where the database is, read back and compared after it arrived; an interruption goes on where it was (R232).'
  static override args = {environment: Args.string({description: 'TENANT/production', required: true})}
  static override flags = {...planFlag, ...runFlags}
  static override examples = [
    '<%= config.bin %> <%= command.id %> acme/production',
    '<%= config.bin %> <%= command.id %> acme/production --plan',
  ]

  protected override async answer({args: {environment}, flags, world, request}: Typed<typeof BackupTransfer>) {
    const [{readyToTransfer}, {buildTransfer}, {transferOf}] = await Promise.all([
      import('../../src/transfer/destination.ts'),
      import('../../src/transfer/register.ts'),
      import('../../src/ledger/transfer.ts'),
    ])
    const ledger = await world.ledger()
    const {input, to} = await readyToTransfer(ledger, environment)
    if (flags.plan) return transferred({environment, to})
    const {detach, wait} = flags
    const run = await executeRun(world, {runbook: await buildTransfer(world), input, request, detach, wait})
    return transferred({environment, to}, run, await transferOf(ledger, run.run))
  }
}
