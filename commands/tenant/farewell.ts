import {Args, Flags} from '@oclif/core'
import {Mutation, type Typed} from '../../src/cli/base.ts'
import {planFlag} from '../../src/cli/flags.ts'
import {farewellOpened, farewellRows} from '../../src/tenant/view.ts'

export default class TenantFarewell extends Mutation {
  static override summary = 'List the last dumps of a removed tenant, or open one for pg_restore'
  static override args = {name: Args.string({description: 'the tenant that was removed', required: true})}
  static override flags = {
    environment: Flags.string({description: 'whose dump is opened', default: 'production'}),
    output: Flags.string({description: 'write it there, opened', helpValue: 'FILE'}),
    ...planFlag,
  }
  static override examples = [
    '<%= config.bin %> <%= command.id %> acme',
    '<%= config.bin %> <%= command.id %> acme --output acme.dump --reason "asked for by the customer"',
  ]

  protected override async answer({args, flags, world}: Typed<typeof TenantFarewell>) {
    const [{farewellsOf, openFarewell}, {platformOf}] = await Promise.all([
      import('../../src/tenant/open.ts'),
      import('../../src/environment/steps.ts'),
    ])
    const platform = await platformOf(world)
    const {environment, output} = flags
    if (output === undefined || flags.plan) {
      const result = await farewellsOf(platform, args.name)
      return {result, view: farewellRows(result)}
    }
    const kept = await openFarewell(platform, {tenant: args.name, environment, output})
    return {result: {...kept, output}, view: farewellOpened(output)}
  }
}
