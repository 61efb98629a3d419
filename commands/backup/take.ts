import {Args, Flags} from '@oclif/core'
import {taken} from '../../src/backup/view.ts'
import {Mutation, type Typed} from '../../src/cli/base.ts'
import {planFlag, runFlags} from '../../src/cli/flags.ts'
import {executeRun} from '../../src/cli/runs.ts'

export default class BackupTake extends Mutation {
  static override summary = 'Take a backup of an environment now'
  static override args = {environment: Args.string({description: 'TENANT/NAME', required: true})}
  static override flags = {
    type: Flags.string({
      description: 'all of it, or what changed since the last one',
      options: ['full', 'incremental'],
      default: 'incremental',
    }),
    ...planFlag,
    ...runFlags,
  }
  static override examples = [
    '<%= config.bin %> <%= command.id %> acme/production',
    '<%= config.bin %> <%= command.id %> acme/production --type full --reason "before the migration"',
  ]

  protected override async answer({args, flags, world, request}: Typed<typeof BackupTake>) {
    const [{backedUp, inputOf}, {listBackups}, {buildTake}, {platformOf}] = await Promise.all([
      import('../../src/backup/ready.ts'),
      import('../../src/backup/list.ts'),
      import('../../src/backup/register.ts'),
      import('../../src/environment/steps.ts'),
    ])
    const environment = await backedUp(await world.ledger(), args.environment)
    const before = (await listBackups(await platformOf(world), args.environment)).items.at(-1)
    const input = {...inputOf(environment), type: flags.type as 'full' | 'incremental', after: before?.label}
    const about = {environment: args.environment, type: input.type}
    if (flags.plan) return taken(about)
    const run = await executeRun(world, {runbook: await buildTake(world), input, request, ...flags})
    const items = flags.detach ? [] : (await listBackups(await platformOf(world), args.environment)).items
    return taken(about, run, items.at(-1))
  }
}
