import type {Clock} from '../clock.ts'
import {Refusal} from '../error.ts'
import type {Queries} from '../ledger/ledger.ts'
import {site, sites} from '../ledger/site.ts'
import {asSite, type Objection, type Site, siteObjections} from './model.ts'

/** A site and why nothing new may be placed on it; empty when it may. */
export interface SiteStatus extends Site {
  readonly objections: readonly Objection[]
}

/** Every site, by name, judged today. */
export async function listSites(ledger: Queries, clock: Clock): Promise<{items: readonly SiteStatus[]}> {
  return {items: (await sites(ledger)).map(row => judged(asSite(row), clock))}
}

/** One site, judged today. Throws `Refusal('not-found')`. */
export async function showSite(ledger: Queries, clock: Clock, name: string): Promise<SiteStatus> {
  const row = await site(ledger, name)
  if (row) return judged(asSite(row), clock)
  throw new Refusal('not-found', `There is no site ${name}.`, {remedies: ['selfhelp site list']})
}

function judged(site: Site, clock: Clock): SiteStatus {
  return {...site, objections: siteObjections(site, clock.now().toZonedDateTimeISO('UTC').toPlainDate())}
}
