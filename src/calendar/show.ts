import {Temporal} from 'temporal-polyfill'
import {Refusal} from '../error.ts'
import {environmentsOfSite, freezes} from '../ledger/calendar.ts'
import type {Queries} from '../ledger/ledger.ts'
import {notices} from '../ledger/notice.ts'
import {operations} from '../ledger/operation.ts'
import {overrides} from '../ledger/override.ts'
import {tenantNamed} from '../ledger/tenant.ts'
import {budgetOf} from './check.ts'
import {factsOf, type Known} from './facts.ts'
import {annualFreezes, type Span, touches} from './freeze.ts'
import {zoneOf} from './zone.ts'

/** What a calendar is of. */
export interface Scope {
  readonly tenant?: string | undefined
  readonly environment?: string | undefined
  /** A site; all sites when none of the three is given. */
  readonly site?: string | undefined
}

export interface ShownEntry {
  readonly kind: 'freeze' | 'maintenance' | 'override' | 'notice'
  readonly from: Temporal.Instant
  readonly until: Temporal.Instant
  /** Empty for what holds for several. */
  readonly about: string
  readonly title: string
  readonly state?: string
  readonly id?: string
  /** Of an operation: how often it was moved. */
  readonly sequence?: number
}

export interface ShownCalendar {
  readonly of: string
  readonly zone: string
  /** `2026` or `2026-11` */
  readonly period: string
  readonly from: Temporal.Instant
  readonly until: Temporal.Instant
  readonly entries: readonly ShownEntry[]
  /** Of production in service, month by month: used or announced, promised, the most there is. */
  readonly budgets: readonly {
    readonly environment: string
    readonly month: string
    readonly used: number
    readonly commitment: number
    readonly most: number
  }[]
}

/** The zone of the CMC, for what is not one tenant's. */
const cmcZone = 'Europe/Paris'
const instant = (milliseconds: number) => Temporal.Instant.fromEpochMilliseconds(milliseconds)

/** A month or a year of a tenant, an environment or a site. Throws `Refusal` `not-found`, `input-invalid`. */
export async function showCalendar(
  q: Queries,
  now: Temporal.Instant,
  {scope, period}: {scope: Scope; period: string},
): Promise<ShownCalendar> {
  const tenant = scope.tenant ?? scope.environment?.split('/')[0]
  const zone = tenant === undefined ? cmcZone : await zoneOfTenant(q, tenant)
  const {from, until} = periodOf(period, zone)
  const names = scope.environment === undefined ? await namesIn(q, scope) : [scope.environment]
  const known = await factsOf(q, {now, since: instant(from).subtract({hours: 24 * 31}), until: instant(until)}, names)
  if (scope.environment !== undefined && known.length === 0) throw unknown('environment', scope.environment)
  const entries = [
    ...frozen(known, {from, until}),
    ...(await declared(q, {known, tenant, from, until})),
    ...(await worked(q, {names, from, until})),
    ...(await excepted(q, {names, from, until})),
    ...(await told(q, {known, tenant, from, until})),
  ]
  return {
    ...{of: scope.environment ?? tenant ?? scope.site ?? 'all sites', zone, period},
    ...{from: instant(from), until: instant(until)},
    entries: entries.sort((a, b) => Temporal.Instant.compare(a.from, b.from)),
    budgets: budgetsOf(known, {from, until}),
  }
}

async function zoneOfTenant(q: Queries, tenant: string): Promise<string> {
  const found = await tenantNamed(q, tenant)
  if (found) return found.timeZone
  throw unknown('tenant', tenant)
}

async function namesIn(q: Queries, {tenant, site}: Scope): Promise<string[]> {
  const all = await environmentsOfSite(q, site)
  return tenant === undefined ? all : all.filter(name => name.startsWith(`${tenant}/`))
}

/** From the first midnight of a month or a year to the one after its last day, on the clocks of a zone. */
function periodOf(period: string, zone: string): Span {
  const [, year, month] = /^(\d{4})(?:-(\d{2}))?$/.exec(period) ?? []
  const first = Date.UTC(Number(year), month === undefined ? 0 : Number(month) - 1, 1)
  const next = month === undefined ? Date.UTC(Number(year) + 1, 0, 1) : Date.UTC(Number(year), Number(month), 1)
  if (year === undefined || Number(month ?? 1) < 1 || Number(month ?? 1) > 12) {
    throw new Refusal('input-invalid', `${JSON.stringify(period)} is no month and no year.`, {
      remedies: ['--month 2026-11', '--year 2026'],
    })
  }
  const here = zoneOf(zone)
  return {from: here.instant(first), until: here.instant(next)}
}

/** The systematic freeze, once for each zone in which production is in service. */
function frozen(known: readonly Known[], within: Span): ShownEntry[] {
  const zones = new Map(known.filter(({production}) => production).map(({zone}) => [zone.name, zone]))
  return [...zones.values()].flatMap(zone =>
    annualFreezes(within, zone).map(({from, until}) => {
      const title = zones.size > 1 ? `annual freeze (${zone.name})` : 'annual freeze'
      return {kind: 'freeze' as const, from: instant(from), until: instant(until), about: '', title}
    }),
  )
}

interface Within extends Span {
  readonly known: readonly Known[]
  readonly tenant: string | undefined
}

async function declared(q: Queries, {known, tenant, ...within}: Within): Promise<ShownEntry[]> {
  const tenants = new Set(known.map(each => each.tenant))
  const rows = await freezes(q, instant(within.from))
  return rows
    .filter(row => row.tenant === undefined || row.tenant === tenant || tenants.has(row.tenant))
    .filter(({fromAt, untilAt}) => touches({from: fromAt.epochMilliseconds, until: untilAt.epochMilliseconds}, within))
    .map(({id, fromAt, untilAt, tenant: own, why}) => {
      return {kind: 'freeze' as const, id, from: fromAt, until: untilAt, about: own ?? '', title: why}
    })
}

interface Named extends Span {
  readonly names: readonly string[]
}

async function worked(q: Queries, {names, from, until}: Named): Promise<ShownEntry[]> {
  const rows = await operations(q, {environments: names, since: instant(from)})
  return rows
    .filter(({fromAt, state}) => fromAt.epochMilliseconds < until && state !== 'cancelled')
    .map(({id, fromAt, untilAt, environment, change, title, state, sequence}) => {
      const text = title === change ? change : `${change}: ${title}`
      const span = {from: fromAt, until: untilAt, sequence}
      return {kind: 'maintenance' as const, id, ...span, about: environment, title: text, state}
    })
}

async function excepted(q: Queries, {names, from, until}: Named): Promise<ShownEntry[]> {
  const here = new Set(names)
  const rows = await overrides(q, {since: instant(from)})
  return rows
    .filter(({approver, environment, fromAt}) => approver && here.has(environment) && fromAt.epochMilliseconds < until)
    .map(({id, fromAt, untilAt, environment, rule, reason}) => {
      const title = `exception from ${rule}: ${reason}`
      return {kind: 'override' as const, id, from: fromAt, until: untilAt, about: environment, title}
    })
}

async function told(q: Queries, {known, tenant, from, until}: Within): Promise<ShownEntry[]> {
  const tenants = new Set(known.map(each => each.tenant))
  const rows = await notices(q, {tenant, limit: 5000})
  return rows
    .filter(row => tenants.has(row.tenant))
    .filter(({createdAt: {epochMilliseconds: at}}) => at >= from && at < until)
    .map(({id, createdAt, tenant: own, kind, acceptedAt}) => {
      const state = acceptedAt ? 'sent' : 'not sent yet'
      return {kind: 'notice' as const, id, from: createdAt, until: createdAt, about: own, title: kind, state}
    })
}

function budgetsOf(known: readonly Known[], {from, until}: Span): ShownCalendar['budgets'] {
  const rows = known
    .filter(({production}) => production)
    .flatMap(each => {
      const months = []
      for (let at = from + 15 * 86_400_000; at < until; at += 30.5 * 86_400_000) months.push(budgetOf(each, at))
      return months.map(month => ({environment: each.environment, ...month}))
    })
  return rows.filter(({used}) => used > 0)
}

function unknown(what: string, name: string): Refusal {
  return new Refusal('not-found', `There is no ${what} ${name}.`, {
    facts: {[what]: name},
    remedies: [`selfhelp ${what} list`],
  })
}
