import {Args} from '@oclif/core'
import {BaseCommand, type Typed} from '../../../src/cli/base.ts'
import {policyFields} from '../../../src/tls/view.ts'

export default class TlsPolicyShow extends BaseCommand {
  static override summary = 'Show one TLS policy'
  static override args = {policy: Args.string({description: 'the policy', required: true})}
  static override examples = [
    '<%= config.bin %> <%= command.id %> intermediate',
    '<%= config.bin %> <%= command.id %> modern --json',
  ]

  protected override async answer({args, world}: Typed<typeof TlsPolicyShow>) {
    const [{showPolicy}, ledger] = await Promise.all([import('../../../src/tls/list.ts'), world.ledger()])
    const result = await showPolicy(ledger, args.policy)
    return {result, view: policyFields(result)}
  }
}
