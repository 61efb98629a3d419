import {Args} from '@oclif/core'
import {LedgerMutation, type Typed} from '../../src/cli/base.ts'
import {planView} from '../../src/restore/view.ts'

export default class RestorePlan extends LedgerMutation {
  static override summary = 'Say what a restore would do, how long it takes and what is lost'
  static override args = {
    request: Args.string({description: 'the request, as `restore list` names it', required: true}),
  }
  static override examples = [
    '<%= config.bin %> <%= command.id %> rs1f2e3d4c',
    '<%= config.bin %> <%= command.id %> rs1f2e3d4c --json',
  ]

  protected override async answer({args, world}: Typed<typeof RestorePlan>) {
    const [{planRestore}, {showRestore}, {platformOf}] = await Promise.all([
      import('../../src/restore/plan.ts'),
      import('../../src/restore/list.ts'),
      import('../../src/environment/steps.ts'),
    ])
    const {plan} = await planRestore(await platformOf(world), args.request)
    const {name} = await showRestore(await world.ledger(), args.request)
    return {
      result: plan,
      view: [planView(plan, name), `→ selfhelp restore agree ${args.request} --at TIME --by CONTACT`],
    }
  }
}
