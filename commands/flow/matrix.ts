import {Args, Flags} from '@oclif/core'
import {BaseCommand, type Typed} from '../../src/cli/base.ts'
import {flowMatrix} from '../../src/flow/matrix.ts'
import {matrixPage, matrixRows} from '../../src/flow/view.ts'

export default class FlowMatrix extends BaseCommand {
  static override summary = 'Show every flow there may be, each with its reason'
  static override description =
    'Made from the table every firewall is made from. Without an environment, of the whole platform.'
  static override args = {environment: Args.string({description: 'TENANT/NAME'})}
  static override flags = {
    html: Flags.boolean({description: 'as a page for the customer, on stdout'}),
    locale: Flags.option({
      description: 'the language of the page',
      options: ['fr', 'en'] as const,
      default: 'en' as const,
    })(),
  }
  static override examples = [
    '<%= config.bin %> <%= command.id %> acme/production',
    '<%= config.bin %> <%= command.id %> acme/production --html --locale fr',
  ]

  protected override async answer({args, flags, world}: Typed<typeof FlowMatrix>) {
    const result = await flowMatrix(await world.ledger(), args.environment)
    return {result, view: flags.html ? matrixPage(result, flags.locale) : matrixRows(result)}
  }
}
