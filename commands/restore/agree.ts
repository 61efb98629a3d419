import {Args, Flags} from '@oclif/core'
import {LedgerMutation, type Typed} from '../../src/cli/base.ts'
import {instantOf} from '../../src/cli/time.ts'
import {restoreRan} from '../../src/restore/view.ts'

export default class RestoreAgree extends LedgerMutation {
  static override summary = 'Write down when the customer wants the restore to be made'
  static override args = {request: Args.string({description: 'the request', required: true})}
  static override flags = {
    at: Flags.string({description: 'when people may be kept out, with its zone', helpValue: 'TIME', required: true}),
    by: Flags.string({description: 'the contact who decided', helpValue: 'CONTACT', required: true}),
  }
  static override examples = [
    "<%= config.bin %> <%= command.id %> rs1f2e3d4c --at '2026-11-18 20:00 Europe/Paris' --by jdoe",
    '<%= config.bin %> <%= command.id %> rs1f2e3d4c --at 2026-11-18T19:00:00Z --by jdoe --json',
  ]

  protected override async answer({args, flags, world}: Typed<typeof RestoreAgree>) {
    const at = instantOf(flags.at)
    const [{agreeRestore}, {showRestore}] = await Promise.all([
      import('../../src/restore/request.ts'),
      import('../../src/restore/list.ts'),
    ])
    const ledger = await world.ledger()
    await agreeRestore({ledger}, {id: args.request, at, by: flags.by})
    return restoreRan(await showRestore(ledger, args.request))
  }
}
