import type {Cell, View} from '../terminal/view.ts'
import type {SiteAdded} from './add.ts'
import type {SiteStatus} from './list.ts'

/** Sites as rows. */
export function siteRows(items: readonly SiteStatus[]): View {
  return {
    heads: ['site', 'country', 'tier', 'iso 27001', 'soc 2', 'placement'],
    rows: items.map(site => [site.name, site.country, site.tier, site.iso27001, site.soc2, placement(site)]),
    empty: 'No site yet: selfhelp site add NAME --country FR --tier 3+ --iso27001 DATE --soc2 DATE',
  }
}

/** One site. */
export function siteFields(site: SiteStatus): View {
  return [
    {
      fields: {
        site: site.name,
        country: site.country,
        tier: site.tier,
        'iso 27001 until': site.iso27001,
        'soc 2 until': site.soc2,
        'new placements': placement(site),
      },
    },
    ...site.objections.map(({rule, what, remedy}) => `${rule}: ${what}. ${remedy}`),
  ]
}

/** What adding did. */
export function siteAdded({site, changed}: SiteAdded, plan: boolean): View {
  if (!changed) return `site ${site.name} is as it was`
  return plan ? `site ${site.name} would be recorded` : `site ${site.name} is recorded`
}

function placement({objections}: SiteStatus): Cell {
  if (objections.length === 0) return {text: 'allowed', tone: 'good'}
  return {text: `refused (${objections.map(each => each.rule).join(', ')})`, tone: 'bad'}
}
