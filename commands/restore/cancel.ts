import {Args, Flags} from '@oclif/core'
import {LedgerMutation, type Typed} from '../../src/cli/base.ts'
import {reasonRequired} from '../../src/cli/flags.ts'
import {restoreRan} from '../../src/restore/view.ts'

export default class RestoreCancel extends LedgerMutation {
  static override summary = 'End a request that is not wanted any more, or that we refuse'
  static override args = {request: Args.string({description: 'the request', required: true})}
  static override flags = {
    refuse: Flags.boolean({description: 'we refuse it; without this the customer took it back'}),
    ...reasonRequired,
  }
  static override examples = [
    '<%= config.bin %> <%= command.id %> rs1f2e3d4c --reason "found the lost page"',
    '<%= config.bin %> <%= command.id %> rs1f2e3d4c --refuse --reason "not the customer\'s own request"',
  ]

  protected override async answer({args, flags, world}: Typed<typeof RestoreCancel>) {
    const [{endRequest}, {showRestore}] = await Promise.all([
      import('../../src/restore/request.ts'),
      import('../../src/restore/list.ts'),
    ])
    const ledger = await world.ledger()
    const state = flags.refuse ? 'refused' : 'cancelled'
    await endRequest({ledger, clock: world.clock}, {id: args.request, state, why: flags.reason ?? ''})
    return restoreRan(await showRestore(ledger, args.request))
  }
}
