import {Args, Flags} from '@oclif/core'
import {Mutation, type Typed} from '../../src/cli/base.ts'
import {planFlag} from '../../src/cli/flags.ts'
import {addOperator} from '../../src/operator/add.ts'
import {readPublicKey} from '../../src/operator/public-key.ts'
import {operatorAdded} from '../../src/operator/view.ts'

export default class OperatorAdd extends Mutation {
  static override summary = 'Let a person sign changes with their SSH key'
  static override args = {email: Args.string({description: 'their address, in lower case', required: true})}
  static override flags = {
    key: Flags.string({description: 'their SSH public key', helpValue: 'FILE.pub', required: true}),
    role: Flags.string({description: 'what they may do', options: ['cmc', 'approver'], default: 'cmc'}),
    ...planFlag,
  }
  static override examples = [
    '<%= config.bin %> <%= command.id %> jane.doe@cmc.example --key jane.pub',
    '<%= config.bin %> <%= command.id %> joe@cmc.example --key joe.pub --role approver --reason "on duty from Monday"',
  ]

  protected override signs({flags, request}: Typed<typeof OperatorAdd>) {
    return {...request, input: {...request.input, key: readPublicKey(flags.key)}}
  }

  protected override async answer({args, flags, world}: Typed<typeof OperatorAdd>) {
    const role = flags.role === 'approver' ? 'approver' : 'cmc'
    const wanted = {email: args.email, keyFile: flags.key, role, plan: flags.plan} as const
    const result = await addOperator({ledger: await world.ledger(), anchors: await world.anchors()}, wanted)
    return {result, view: operatorAdded(result, flags.plan)}
  }
}
