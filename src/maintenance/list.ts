import {Temporal} from 'temporal-polyfill'
import {budgetOf, type Checked, factsOf} from '../calendar/steps.ts'
import {Refusal} from '../error.ts'
import type {Ledger, Queries} from '../ledger/ledger.ts'
import {type OperationRow, operations} from '../ledger/operation.ts'
import {patchOf} from '../ledger/patch.ts'
import {changedPackages, type Upgrade} from './packages.ts'

export interface MaintenanceShown {
  readonly id: string
  readonly plan: string
  readonly environment: string
  readonly change: string
  readonly what: string
  readonly state: string
  readonly from: Temporal.Instant
  readonly until: Temporal.Instant
  /** Measured. */
  readonly closedSeconds?: number | undefined
  readonly because?: string | undefined
  readonly agreedBy?: string | undefined
  readonly trial?: unknown
  /** The host it works on, where it is about one. */
  readonly host?: string | undefined
  readonly run?: string | undefined
  /** What the run that did it found on the host and left there. */
  readonly packages?: PackagesShown | undefined
  readonly noticeAcceptedAt?: Temporal.Instant | undefined
  readonly operator: string
  readonly reason?: string | undefined
  readonly ticket?: string | undefined
}

/** Packages as `name from → to`. */
export interface PackagesShown {
  readonly security: readonly string[]
  readonly others: readonly string[]
  /** Names whose earlier package was kept for going back. */
  readonly kept: readonly string[]
  readonly changed: readonly string[]
  readonly restarted: boolean
}

/** Operations, the earliest first; without `all` those that are not over. */
export async function listMaintenance(
  q: Queries,
  now: Temporal.Instant,
  {tenant, all}: {tenant?: string | undefined; all: boolean},
): Promise<{items: readonly MaintenanceShown[]}> {
  const rows = await operations(q, all ? {} : {since: now, states: ['planned', 'running']})
  return {items: rows.filter(row => tenant === undefined || row.environment.startsWith(`${tenant}/`)).map(shown)}
}

/** One operation. Throws `Refusal('not-found')`. */
export async function showMaintenance(q: Queries, id: string): Promise<MaintenanceShown> {
  const [row] = await operations(q, {ids: [id]})
  if (row) return {...shown(row), packages: row.run === undefined ? undefined : await packagesOf(q, row.run)}
  throw new Refusal('not-found', `There is no operation ${id}.`, {
    facts: {operation: id},
    remedies: ['selfhelp maintenance list --all'],
  })
}

export interface BudgetShown extends Readonly<Checked['budget']> {
  readonly environment: string
}

/** The maintenance of a month beside what was promised, of production in service (R160–R162, R210). */
export async function showBudgets(
  ledger: Ledger,
  now: Temporal.Instant,
  {tenant, at}: {tenant?: string | undefined; at?: Temporal.Instant | undefined},
): Promise<{items: readonly BudgetShown[]}> {
  const since = (at ?? now).subtract({hours: 24 * 62})
  const facts = await factsOf(ledger, {now, since})
  const own = facts.filter(known => known.production && (tenant === undefined || known.tenant === tenant))
  const when = (at ?? now).epochMilliseconds
  return {items: own.map(known => ({environment: known.environment, ...budgetOf(known, when)}))}
}

/** An operation as commands answer with it. */
export function shown(row: OperationRow): MaintenanceShown {
  const {id, plan, environment, change, title, state, fromAt, untilAt, closedSeconds, slotBecause, ...rest} = row
  const {agreedBy, trial, host, run, noticeAcceptedAt, operator, reason, ticket} = rest
  const about = {id, plan, environment, change, what: title, state, from: fromAt, until: untilAt, closedSeconds}
  return {...about, because: slotBecause, agreedBy, trial, host, run, noticeAcceptedAt, operator, reason, ticket}
}

async function packagesOf(q: Queries, run: string): Promise<PackagesShown | undefined> {
  const row = await patchOf(q, run)
  if (!row) return undefined
  const upgrades = row.upgrades as readonly Upgrade[]
  const words = (security: boolean) =>
    upgrades.filter(one => one.security === security).map(({name, from, to}) => `${name} ${from} → ${to}`)
  const changed = row.after ? changedPackages(row.before, row.after) : []
  const {kept = [], restarted = false} = row
  return {security: words(true), others: words(false), kept, changed, restarted}
}

/** The month typed as `2026-11`, by an instant in it. Throws `Refusal('input-invalid')`. */
export function monthTyped(text: string): Temporal.Instant {
  try {
    return Temporal.PlainYearMonth.from(text).toPlainDate({day: 15}).toZonedDateTime('UTC').toInstant()
  } catch (cause) {
    throw new Refusal('input-invalid', `${JSON.stringify(text)} is no month.`, {remedies: ['2026-11'], cause})
  }
}
