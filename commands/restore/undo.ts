import {Args} from '@oclif/core'
import {Mutation, type Typed} from '../../src/cli/base.ts'
import {confirmed} from '../../src/cli/confirm.ts'
import {confirmFlag, planFlag, runFlags} from '../../src/cli/flags.ts'
import {executeRun} from '../../src/cli/runs.ts'
import {restoreRan} from '../../src/restore/view.ts'

export default class RestoreUndo extends Mutation {
  static override summary = 'Take a finished restore back: production as it was right before it'
  static override args = {request: Args.string({description: 'the request', required: true})}
  static override flags = {...planFlag, ...confirmFlag, ...runFlags}
  static override examples = [
    '<%= config.bin %> <%= command.id %> rs1f2e3d4c --confirm acme/production',
    '<%= config.bin %> <%= command.id %> rs1f2e3d4c --plan',
  ]

  protected override async answer({args, flags, world, request}: Typed<typeof RestoreUndo>) {
    const [{readyToUndo}, {showRestore}, {buildRestoreRun}, {platformOf}] = await Promise.all([
      import('../../src/restore/ready.ts'),
      import('../../src/restore/list.ts'),
      import('../../src/restore/register.ts'),
      import('../../src/environment/steps.ts'),
    ])
    const ledger = await world.ledger()
    const input = await readyToUndo(await platformOf(world), args.request)
    const shown = await showRestore(ledger, args.request)
    const {name} = shown
    if (flags.plan) return restoreRan(shown)
    const warning = `Everybody is kept out of ${name}; what was written since the restore is lost.`
    await confirmed({name, warning, confirm: flags.confirm}, world.streams)
    const run = await executeRun(world, {runbook: await buildRestoreRun(world), input, request, ...flags})
    return restoreRan(await showRestore(ledger, args.request), run)
  }
}
