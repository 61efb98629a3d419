import {Args} from '@oclif/core'
import {BaseCommand, type Typed} from '../../src/cli/base.ts'
import {domainRows} from '../../src/domain/view.ts'

export default class DomainList extends BaseCommand {
  static override summary = 'Names that customers brought along, and whether they are served'
  static override args = {tenant: Args.string({description: 'only those of this tenant'})}
  static override examples = ['<%= config.bin %> <%= command.id %>', '<%= config.bin %> <%= command.id %> acme --json']

  protected override async answer({args, world}: Typed<typeof DomainList>) {
    const {listDomains} = await import('../../src/domain/list.ts')
    const result = await listDomains(await world.ledger(), args.tenant)
    return {result, view: domainRows(result.items)}
  }
}
