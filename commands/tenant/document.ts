import {Args} from '@oclif/core'
import {BaseCommand, type Typed} from '../../src/cli/base.ts'

export default class TenantDocument extends BaseCommand {
  static override summary = "Print the customer's connection document, with its one-time links"
  static override args = {name: Args.string({description: 'the tenant', required: true})}
  static override examples = [
    '<%= config.bin %> <%= command.id %> acme',
    '<%= config.bin %> <%= command.id %> acme > acme-connection.txt',
  ]

  protected override async answer({args, world}: Typed<typeof TenantDocument>) {
    const [{neededDocument}, {platformOf}] = await Promise.all([
      import('../../src/tenant/document.ts'),
      import('../../src/environment/steps.ts'),
    ])
    const {locale, createdAt, text} = await neededDocument(await platformOf(world), args.name)
    // With --json the links stay masked: what is machine-read is logged somewhere.
    return {result: {tenant: args.name, locale, createdAt, text}, view: text.expose()}
  }
}
