import type {Temporal} from 'temporal-polyfill'
import type {Queries} from './ledger.ts'

export interface SiteRow {
  readonly name: string
  readonly country: string
  readonly tier: string
  readonly iso27001: string
  readonly soc2: string
  readonly addedAt: Temporal.Instant
}

/** Every site, by name. */
export async function sites(ledger: Queries): Promise<SiteRow[]> {
  return ledger.all<SiteRow>`select * from site order by name`
}

/** One site. */
export async function site(ledger: Queries, name: string): Promise<SiteRow | undefined> {
  return ledger.one<SiteRow>`select * from site where name = ${name}`
}

/** Adds the site, or records its provider's new tier and certificates. */
export async function putSite(ledger: Queries, {name, country, tier, iso27001, soc2}: Omit<SiteRow, 'addedAt'>) {
  await ledger.all`
    insert into site (name, country, tier, iso27001, soc2) values (${name}, ${country}, ${tier}, ${iso27001}, ${soc2})
    on conflict (name) do update set country = excluded.country, tier = excluded.tier,
      iso27001 = excluded.iso27001, soc2 = excluded.soc2`
}
