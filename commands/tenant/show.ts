import {join, resolve} from 'node:path'
import {Args} from '@oclif/core'
import {BaseCommand, type Typed} from '../../src/cli/base.ts'
import {showTenant} from '../../src/tenant/show.ts'
import {tenantView} from '../../src/tenant/view.ts'

export default class TenantShow extends BaseCommand {
  static override summary = 'Show a tenant, and the curl line that proves each of its environments'
  static override args = {name: Args.string({description: 'the tenant', required: true})}
  static override examples = [
    '<%= config.bin %> <%= command.id %> acme',
    '<%= config.bin %> <%= command.id %> acme --json',
  ]

  protected override async answer({args, world}: Typed<typeof TenantShow>) {
    const result = await showTenant(await world.ledger(), args.name, join(resolve(world.home), 'ca.pem'))
    return {result, view: tenantView(result)}
  }
}
