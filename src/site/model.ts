import {Temporal} from 'temporal-polyfill'
import {Bug, Refusal} from '../error.ts'
import {isCountry} from './country.ts'

/** Uptime Institute tiers as hosting providers state them, the weakest first. */
export const tiers = ['1', '2', '3', '3+', '4'] as const
export type Tier = (typeof tiers)[number]

/** A hosting location; the certificates' dates are the last days they are valid (`2027-06-30`). */
export interface Site {
  readonly name: string
  /** ISO 3166-1, two capitals. */
  readonly country: string
  readonly tier: Tier
  readonly iso27001: string
  readonly soc2: string
}

/** A site as the ledger keeps it. Throws `Bug` when it was not written by us. */
export function asSite(row: Readonly<Record<keyof Site, string>>): Site {
  const {name, country, tier, iso27001, soc2} = row
  if (!isTier(tier)) throw new Bug(`The ledger's site ${name} has the tier ${tier}.`)
  return {name, country, tier, iso27001, soc2}
}

/** One reason why something may not be placed, with the requirement it comes from and what would settle it. */
export interface Objection {
  readonly rule: string
  readonly what: string
  readonly remedy: string
}

/** Why nothing new may be placed on this site that day; empty when it may (R243, R244, R245). */
export function siteObjections(site: Site, on: Temporal.PlainDate): readonly Objection[] {
  const objections: Objection[] = []
  if (tiers.indexOf(site.tier) < tiers.indexOf('3+'))
    objections.push({
      rule: 'R243',
      what: `site ${site.name} is tier ${site.tier}, below 3+`,
      remedy: 'Place it on a site of tier 3+ or 4: selfhelp site list',
    })

  for (const [rule, certificate, until] of [
    ['R244', 'ISO 27001', site.iso27001],
    ['R245', 'SOC 2', site.soc2],
  ] as const)
    if (Temporal.PlainDate.compare(until, on) < 0)
      objections.push({
        rule,
        what: `the ${certificate} certificate of site ${site.name} ended on ${until}`,
        remedy: `Get the provider's new certificate, then: selfhelp site add ${site.name} with the new date`,
      })
  return objections
}

/** Where a tenant's data would lie; the second site is optional, the repository is where backups go. */
export interface Residence {
  readonly primary: Site
  readonly secondary?: Site | undefined
  readonly repository?: Site | undefined
}

/** Which places are outside the countries the contract allows; empty when none is (R246). */
export function residencyObjections(allowed: readonly string[], residence: Residence): readonly Objection[] {
  return (['primary', 'secondary', 'repository'] as const).flatMap(use => {
    const site = residence[use]
    if (!site || allowed.includes(site.country)) return []
    return [
      {
        rule: 'R246',
        what: `the ${use} site ${site.name} is in ${site.country}, the contract allows ${allowed.join(', ')}`,
        remedy: `Choose a ${use} site in ${allowed.join(' or ')}: selfhelp site list`,
      },
    ]
  })
}

/** The site as typed, checked; throws `Refusal('input-invalid')` naming every fault at once. */
export function parseSite(typed: Readonly<Record<keyof Site, string>>): Site {
  const faults = [
    ...(/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(typed.name) && typed.name.length <= 24
      ? []
      : [`the name "${typed.name}" is not lower-case letters, digits and single dashes (24 at most)`]),
    ...(isCountry(typed.country) ? [] : [`"${typed.country}" is not a country code of ISO 3166-1 such as FR`]),
    ...(isTier(typed.tier) ? [] : [`"${typed.tier}" is not a tier (${tiers.join(', ')})`]),
    ...(isDate(typed.iso27001) ? [] : [`--iso27001 "${typed.iso27001}" is not a date such as 2027-06-30`]),
    ...(isDate(typed.soc2) ? [] : [`--soc2 "${typed.soc2}" is not a date such as 2027-03-31`]),
  ]
  const {tier} = typed
  if (faults.length > 0 || !isTier(tier))
    throw new Refusal('input-invalid', `The site cannot be read: ${faults.join('; ')}.`, {
      facts: {faults},
      remedies: ['selfhelp site add NAME --country FR --tier 3+ --iso27001 2027-06-30 --soc2 2027-03-31'],
    })
  return {name: typed.name, country: typed.country, tier, iso27001: typed.iso27001, soc2: typed.soc2}
}

const isTier = (text: string): text is Tier => (tiers as readonly string[]).includes(text)

function isDate(text: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return false
  try {
    return Temporal.PlainDate.from(text, {overflow: 'reject'}).toString() === text
  } catch {
    return false
  }
}
