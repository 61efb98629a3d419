import {Temporal} from 'temporal-polyfill'
import {Refusal} from '../error.ts'
import {type FreezeRow, freezes, insertFreeze, removeFreeze} from '../ledger/calendar.ts'
import type {Ledger, Queries} from '../ledger/ledger.ts'
import {shortId} from '../ledger/short-id.ts'
import {contactOf, neededTenant} from '../ledger/tenant.ts'
import {annualFreeze} from './freeze.ts'
import {zoneOf} from './zone.ts'

/** A time in which production stays as it is. */
export interface FreezeShown {
  /** Of a declared one; the systematic one has none and cannot be removed (R166). */
  readonly id?: string
  readonly kind: 'annual' | 'customer' | 'vendor'
  readonly tenant?: string | undefined
  readonly from: Temporal.Instant
  readonly until: Temporal.Instant
  readonly why: string
  readonly declaredBy?: string
}

export interface FreezeWanted {
  /** None: every production platform. */
  readonly tenant: string | undefined
  readonly from: Temporal.Instant
  readonly until: Temporal.Instant
  readonly why: string
  /** The contact who asked for it. */
  readonly by: string | undefined
  readonly operator: string
}

/** Declares a freeze. Throws `Refusal` `input-invalid`, `not-found`, `contact-unfit`. */
export async function addFreeze(ledger: Ledger, now: Temporal.Instant, wanted: FreezeWanted): Promise<FreezeShown> {
  const {tenant, from, until, why, by, operator} = wanted
  if (Temporal.Instant.compare(until, from) <= 0 || Temporal.Instant.compare(until, now) <= 0) {
    throw new Refusal('input-invalid', `A freeze from ${from} to ${until} would freeze nothing.`, {
      remedies: ['Give an end after its begin, and in the future.'],
    })
  }
  if (tenant !== undefined) await assertContact(ledger, tenant, by)
  const row: FreezeRow = {
    ...{id: shortId('f'), tenant, fromAt: from, untilAt: until, why, operator, addedAt: now},
    declaredBy: by ?? operator,
  }
  await insertFreeze(ledger, row)
  return declared(row)
}

/** Ends a declared freeze. Throws `Refusal('not-found')`. */
export async function dropFreeze(ledger: Queries, now: Temporal.Instant, id: string): Promise<FreezeShown> {
  const row = await removeFreeze(ledger, id, now)
  if (row) return declared(row)
  throw new Refusal('not-found', `There is no declared freeze ${id}; the annual one cannot be removed (R166).`, {
    facts: {freeze: id},
    remedies: ['selfhelp freeze list'],
  })
}

/** Freezes that have not ended, with the systematic one of this year and the next; of one tenant, or all. */
export async function listFreezes(
  q: Queries,
  now: Temporal.Instant,
  {tenant, year}: {tenant?: string | undefined; year?: number | undefined},
): Promise<{items: readonly FreezeShown[]}> {
  const zone = tenant === undefined ? 'Europe/Paris' : (await neededTenant(q, tenant)).timeZone
  const here = now.toZonedDateTimeISO(zone)
  const years = year === undefined ? [here.year - 1, here.year] : [year]
  const since = year === undefined ? now : now.subtract({hours: 24 * 3660})
  const rows = await freezes(q, since)
  const own = rows
    .filter(row => tenant === undefined || row.tenant === undefined || row.tenant === tenant)
    .map(declared)
  const annual = years.map((each): FreezeShown => {
    const {from, until} = annualFreeze(each, zoneOf(zone))
    const why = `last week of ${each} and first of ${each + 1}, in ${zone}`
    return {kind: 'annual', tenant, from: instant(from), until: instant(until), why}
  })
  const all = [...annual, ...own].filter(each =>
    year === undefined
      ? Temporal.Instant.compare(each.until, now) > 0
      : [each.from, each.until].some(at => at.toZonedDateTimeISO(zone).year === year),
  )
  return {items: all.sort((a, b) => Temporal.Instant.compare(a.from, b.from))}
}

function declared({id, tenant, fromAt, untilAt, why, declaredBy}: FreezeRow): FreezeShown {
  const kind = tenant === undefined ? 'vendor' : 'customer'
  return {id, kind, tenant, from: fromAt, until: untilAt, why, declaredBy}
}

async function assertContact(ledger: Queries, tenant: string, by: string | undefined): Promise<void> {
  await neededTenant(ledger, tenant)
  if (by !== undefined && (await contactOf(ledger, tenant, by)) !== undefined) return
  throw new Refusal('contact-unfit', `Tenant ${tenant} has no contact ${by ?? '(none was named)'}.`, {
    facts: {tenant, by},
    remedies: ['--by CONTACT', `selfhelp tenant show ${tenant}`],
  })
}

function instant(milliseconds: number): Temporal.Instant {
  return Temporal.Instant.fromEpochMilliseconds(milliseconds)
}
