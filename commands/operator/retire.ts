import {Args} from '@oclif/core'
import {Mutation, type Typed} from '../../src/cli/base.ts'
import {planFlag} from '../../src/cli/flags.ts'
import {retireOperator} from '../../src/operator/retire.ts'
import {operatorRetired} from '../../src/operator/view.ts'

export default class OperatorRetire extends Mutation {
  static override summary = 'Accept nothing more that this operator signs'
  static override args = {email: Args.string({description: 'their address', required: true})}
  static override flags = planFlag
  static override examples = [
    '<%= config.bin %> <%= command.id %> jane.doe@cmc.example --reason "left the team"',
    '<%= config.bin %> <%= command.id %> joe@cmc.example --json',
  ]

  protected override async answer({args, flags, world}: Typed<typeof OperatorRetire>) {
    const result = await retireOperator({ledger: await world.ledger(), clock: world.clock}, args.email, flags.plan)
    return {result, view: operatorRetired(result, flags.plan)}
  }
}
