import {Args} from '@oclif/core'
import {Mutation, type Typed} from '../../src/cli/base.ts'
import {confirmed} from '../../src/cli/confirm.ts'
import {confirmFlag, planFlag, runFlags} from '../../src/cli/flags.ts'
import {executeRun} from '../../src/cli/runs.ts'
import {restoreRan} from '../../src/restore/view.ts'

export default class RestoreRun extends Mutation {
  static override summary = 'Restore as agreed; everything before reopening can be taken back'
  static override args = {request: Args.string({description: 'the request', required: true})}
  static override flags = {...planFlag, ...confirmFlag, ...runFlags}
  static override examples = [
    '<%= config.bin %> <%= command.id %> rs1f2e3d4c --confirm acme/production',
    '<%= config.bin %> <%= command.id %> rs1f2e3d4c --plan',
  ]

  protected override async answer({args, flags, world, request}: Typed<typeof RestoreRun>) {
    const [{readyToRun}, {showRestore}, {buildFor}, {platformOf}] = await Promise.all([
      import('../../src/restore/ready.ts'),
      import('../../src/restore/list.ts'),
      import('../../src/restore/register.ts'),
      import('../../src/environment/steps.ts'),
    ])
    const ledger = await world.ledger()
    const input = await readyToRun(await platformOf(world), args.request)
    const shown = await showRestore(ledger, args.request)
    const {row, name, copyOf} = shown
    if (flags.plan) return restoreRan(shown)
    const warning = copyOf
      ? `What ${name} holds is lost; it gets what ${copyOf} held at ${row.target}.`
      : `Everybody is kept out of ${name}, which goes back to ${row.target}.`
    await confirmed({name, warning, confirm: flags.confirm}, world.streams)
    const run = await executeRun(world, {runbook: await buildFor(world, input), input, request, ...flags})
    return restoreRan(await showRestore(ledger, args.request), run)
  }
}
