import {Args} from '@oclif/core'
import {BaseCommand, type Typed} from '../../src/cli/base.ts'
import {showSite} from '../../src/site/list.ts'
import {siteFields} from '../../src/site/view.ts'

export default class SiteShow extends BaseCommand {
  static override summary = 'Show a site, its certificates and what they allow'
  static override args = {name: Args.string({description: 'the site', required: true})}
  static override examples = [
    '<%= config.bin %> <%= command.id %> north',
    '<%= config.bin %> <%= command.id %> north --json',
  ]

  protected override async answer({args, world}: Typed<typeof SiteShow>) {
    const result = await showSite(await world.ledger(), world.clock, args.name)
    return {result, view: siteFields(result)}
  }
}
