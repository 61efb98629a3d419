import {BaseCommand, type Typed} from '../../../src/cli/base.ts'
import {policyRows} from '../../../src/tls/view.ts'

export default class TlsPolicyList extends BaseCommand {
  static override summary = 'List what edges may offer over TLS, with source and date'
  static override examples = ['<%= config.bin %> <%= command.id %>', '<%= config.bin %> <%= command.id %> --json']

  protected override async answer({world}: Typed<typeof TlsPolicyList>) {
    const [{listPolicies}, ledger] = await Promise.all([import('../../../src/tls/list.ts'), world.ledger()])
    const result = await listPolicies(ledger)
    return {result, view: policyRows(result.items)}
  }
}
