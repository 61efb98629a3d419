import {Args, Flags} from '@oclif/core'
import {Mutation, type Typed} from '../../src/cli/base.ts'
import {planFlag, runFlags} from '../../src/cli/flags.ts'

export default class TenantCreate extends Mutation {
  static override summary = 'Put a tenant on hosts, from its contract to pages over https'
  static override description =
    'Makes every environment the contract subscribes, closed until `tenant hand-over`. The same typed again continues what was interrupted, or changes nothing.'
  static override args = {name: Args.string({description: 'the tenant, as in its contract', required: true})}
  static override flags = {
    contract: Flags.string({description: 'the contract, YAML', helpValue: 'FILE', required: true}),
    host: Flags.string({description: 'put a role on this host', helpValue: 'ROLE=NAME', multiple: true}),
    ...planFlag,
    ...runFlags,
  }
  static override examples = [
    '<%= config.bin %> <%= command.id %> acme --contract examples/acme.yaml',
    '<%= config.bin %> <%= command.id %> acme --contract acme.yaml --host database=north-1 --plan',
  ]

  protected override async answer({args, flags, world, request}: Typed<typeof TenantCreate>) {
    const {createTenant} = await import('../../src/cli/tenants.ts')
    return createTenant(world, {
      name: args.name,
      file: flags.contract,
      hosts: flags.host ?? [],
      request,
      plan: flags.plan,
      detach: flags.detach,
      wait: flags.wait,
    })
  }
}
