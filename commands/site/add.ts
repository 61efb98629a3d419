import {Args, Flags} from '@oclif/core'
import {Mutation, type Typed} from '../../src/cli/base.ts'
import {planFlag} from '../../src/cli/flags.ts'
import {addSite} from '../../src/site/add.ts'
import {parseSite} from '../../src/site/model.ts'
import {siteAdded} from '../../src/site/view.ts'

export default class SiteAdd extends Mutation {
  static override summary = "Record a hosting site, or its provider's new certificates"
  static override args = {name: Args.string({description: 'the site', required: true})}
  static override flags = {
    country: Flags.string({description: 'country, ISO 3166-1', helpValue: 'FR', required: true}),
    tier: Flags.string({description: "tier of the provider's data centre", helpValue: '3+', required: true}),
    iso27001: Flags.string({description: 'last day of the ISO 27001 certificate', helpValue: 'DATE', required: true}),
    soc2: Flags.string({description: 'last day of the SOC 2 report', helpValue: 'DATE', required: true}),
    ...planFlag,
  }
  static override examples = [
    '<%= config.bin %> <%= command.id %> north --country FR --tier 3+ --iso27001 2027-06-30 --soc2 2027-03-31',
    '<%= config.bin %> <%= command.id %> south --country FR --tier 4 --iso27001 2028-01-31 --soc2 2027-12-31 --json',
  ]

  protected override async answer({args, flags, world}: Typed<typeof SiteAdd>) {
    const {country, tier, iso27001, soc2} = flags
    const site = parseSite({name: args.name, country, tier, iso27001, soc2})
    const result = await addSite(await world.ledger(), site, flags.plan)
    return {result, view: siteAdded(result, flags.plan)}
  }
}
