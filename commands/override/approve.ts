import {Args} from '@oclif/core'
import {grantOverride, signedRequestOf} from '../../src/calendar/overriding.ts'
import {overrideLine} from '../../src/calendar/view.ts'
import {LedgerMutation, type Typed} from '../../src/cli/base.ts'
import {Bug} from '../../src/error.ts'

export default class OverrideApprove extends LedgerMutation {
  static override summary = 'Approve an exception somebody else asked for; the customer is told'
  static override args = {id: Args.string({description: 'the override, as `override list` names it', required: true})}
  static override examples = [
    '<%= config.bin %> <%= command.id %> ok3x9ab --operator-key approver.key',
    '<%= config.bin %> <%= command.id %> ok3x9ab --reason "read the advisory" --json',
  ]

  /** What the other one asked for is signed, not its name: nobody can put another request under an approval. */
  protected override async signs({args, world, request}: Typed<typeof OverrideApprove>) {
    const asked = await signedRequestOf(await world.ledger(), args.id)
    return {...request, input: {...request.input, ...(asked ? {request: asked} : {})}}
  }

  protected override async answer({args, world, signed}: Typed<typeof OverrideApprove>) {
    if (!signed) throw new Bug('an override was approved by nobody')
    const result = await grantOverride(await world.ledger(), {now: world.clock.now(), signed, id: args.id})
    return {result, view: overrideLine(result)}
  }
}
