import {Args} from '@oclif/core'
import {verified} from '../../src/backup/view.ts'
import {Mutation, type Typed} from '../../src/cli/base.ts'
import {planFlag, runFlags} from '../../src/cli/flags.ts'
import {executeRun} from '../../src/cli/runs.ts'

export default class BackupVerify extends Mutation {
  static override summary = 'Read every file of the backups and compare it with what was written'
  static override args = {environment: Args.string({description: 'TENANT/NAME', required: true})}
  static override flags = {...planFlag, ...runFlags}
  static override examples = [
    '<%= config.bin %> <%= command.id %> acme/production',
    '<%= config.bin %> <%= command.id %> acme/production --json',
  ]

  protected override async answer({args, flags, world, request}: Typed<typeof BackupVerify>) {
    const [{backedUp, inputOf}, {buildVerify}] = await Promise.all([
      import('../../src/backup/ready.ts'),
      import('../../src/backup/register.ts'),
    ])
    const input = inputOf(await backedUp(await world.ledger(), args.environment))
    if (flags.plan) return verified(args.environment)
    return verified(
      args.environment,
      await executeRun(world, {runbook: await buildVerify(world), input, request, ...flags}),
    )
  }
}
