import {Args} from '@oclif/core'
import {dropFreeze} from '../../src/calendar/freezing.ts'
import {freezeLine} from '../../src/calendar/view.ts'
import {LedgerMutation, type Typed} from '../../src/cli/base.ts'
import {reasonRequired} from '../../src/cli/flags.ts'

export default class FreezeRemove extends LedgerMutation {
  static override summary = 'End a declared freeze; the annual one cannot be ended'
  static override args = {freeze: Args.string({description: 'its id, as `freeze list` names it', required: true})}
  static override flags = {...reasonRequired}
  static override examples = [
    '<%= config.bin %> <%= command.id %> fk3x9ab --reason "the customer closed earlier"',
    '<%= config.bin %> <%= command.id %> fk3x9ab --reason "declared twice" --json',
  ]

  protected override async answer({args, world}: Typed<typeof FreezeRemove>) {
    const result = await dropFreeze(await world.ledger(), world.clock.now(), args.freeze)
    return {result, view: freezeLine(result, 'removed')}
  }
}
