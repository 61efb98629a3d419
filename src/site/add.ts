import type {Ledger} from '../ledger/ledger.ts'
import {putSite, site} from '../ledger/site.ts'
import {asSite, type Site} from './model.ts'

export interface SiteAdded {
  readonly site: Site
  readonly changed: boolean
}

/** Records a site, or its provider's new tier and certificates; the same again changes nothing, nor does a plan. */
export async function addSite(ledger: Ledger, wanted: Site, plan = false): Promise<SiteAdded> {
  const row = await site(ledger, wanted.name)
  const changed = !row || JSON.stringify(asSite(row)) !== JSON.stringify(wanted)
  if (changed && !plan) await putSite(ledger, wanted)
  return {site: wanted, changed}
}
