import type {Temporal} from 'temporal-polyfill'
import type {Strict} from '../contract/model.ts'
import {
  type ChangeRun,
  changeRuns,
  disturbances,
  freezes as freezeRows,
  type PlatformRow,
  platforms,
  validations,
} from '../ledger/calendar.ts'
import type {Queries} from '../ledger/ledger.ts'
import {type OperationRow, operations as operationRows} from '../ledger/operation.ts'
import {type OverrideRow, overrides as overrideRows} from '../ledger/override.ts'
import type {ChangeType} from '../runbook/model.ts'
import type {Span} from './freeze.ts'
import {contractLimits, type LedgerFacts, type Limits, type Operation, table, tightened} from './model.ts'
import {type Week, weekOf} from './range.ts'
import {spansOf} from './recurrence.ts'
import {dateOf, rangeOf} from './strict.ts'
import {type Zone, zones} from './zone.ts'

/** What of the ledger a decision about an environment rests on. */
export interface Known extends LedgerFacts {
  readonly environment: string
  readonly tenant: string
}

export interface Period {
  readonly now: Temporal.Instant
  /** Of what ended before nothing is known; a month and a freeze back when left out. */
  readonly since?: Temporal.Instant
  /** Up to when a customer's own dates are wanted; two years ahead when left out. */
  readonly until?: Temporal.Instant
}

/** Findings of these kinds stand in the way of planned changes: what would be the way back may not be one. */
const disturbing: readonly string[] = ['backup', 'recovery', 'restore', 'incident', 'migration', 'partial', 'database']

/** The facts of these environments, or of all; a fixed number of questions to the ledger. */
export async function factsOf(q: Queries, {now, ...period}: Period, names?: readonly string[]): Promise<Known[]> {
  const since = period.since ?? now.subtract({hours: 24 * 45})
  const until = period.until ?? now.add({hours: 24 * 731})
  // One after the other: in a transaction they share a connection.
  const rows = await platforms(q, names)
  const freezes = await freezeRows(q, since)
  const operations = await operationRows(q, {since, states: ['planned', 'running', 'done'], environments: names})
  const overrides = await overrideRows(q, {since})
  const validated = await validations(q)
  const events = await disturbances(q, disturbing)
  const runs = await changeRuns(q, now.subtract({hours: 24 * 90}))
  const zone = zones()
  const weekFor = weeks()
  const by = {
    operations: grouped(operations, ({environment}) => [environment]),
    overrides: grouped(overrides, ({environment}) => [environment]),
    runs: grouped(runs, ({environments}) => environments),
    runsOfTenant: grouped(runs, ({environments}) => environments.map(tenantOf)),
  }
  return rows.map(row => {
    const {environment, tenant} = row
    const limits = limitsOf(row)
    const own = by.runs.get(environment) ?? []
    const found = validated.find(each => each.environment === environment)
    return {
      ...{environment, tenant, now: now.epochMilliseconds, locale: row.locale === 'fr' ? 'fr' : 'en'},
      ...{production: row.production, limits, week: weekFor(limits), zone: zone(row.timeZone)},
      windows: windowsOf(row, zone(row.timeZone), {from: since.epochMilliseconds, until: until.epochMilliseconds}),
      freezes: freezes
        .filter(freeze => freeze.tenant === undefined || freeze.tenant === tenant)
        .map(({id, why, fromAt, untilAt, ...each}) => {
          const kind = each.tenant === undefined ? ('vendor' as const) : ('customer' as const)
          return {id, kind, why, ...span(fromAt, untilAt)}
        }),
      fixes: own.filter(({change}) => isFix(change)).map(({startedAt}) => startedAt.epochMilliseconds),
      operations: (by.operations.get(environment) ?? []).map(asOperation),
      overrides: (by.overrides.get(environment) ?? []).flatMap(asOverride),
      validation: found && {since: found.since.epochMilliseconds, what: found.what},
      events: events.filter(({subject}) => subject === environment || subject === tenant),
      runs: own.filter(({state}) => state !== 'done').map(({id, title}) => ({id, title})),
      trials: trialsOf(by.runsOfTenant.get(tenant) ?? [], environment),
    } satisfies Known
  })
}

function limitsOf({strict}: PlatformRow): Limits {
  const {noticeHours, monthlyMinutes, fixesPerFreeze, ranges} = (strict ?? {}) as Strict
  return tightened(contractLimits, {
    ...(noticeHours === undefined ? {} : {leadMinutes: noticeHours * 60}),
    ...(monthlyMinutes === undefined ? {} : {commitmentMinutes: monthlyMinutes}),
    ...(fixesPerFreeze === undefined ? {} : {fixesPerFreeze}),
    ...(ranges === undefined ? {} : {ranges: [ranges.map(rangeOf)]}),
  })
}

function windowsOf({strict}: PlatformRow, zone: Zone, within: Span): readonly Span[] | undefined {
  const {dates} = (strict ?? {}) as Strict
  return dates?.flatMap(date => spansOf(dateOf(date), zone.name, within)).sort((a, b) => a.from - b.from)
}

/** Most contracts leave the same week free. */
function weeks(): (limits: Limits) => Week {
  const known = new Map<string, Week>()
  return ({ranges}) => {
    const key = JSON.stringify(ranges)
    const week = known.get(key) ?? weekOf(ranges)
    known.set(key, week)
    return week
  }
}

function span(from: Temporal.Instant, until: Temporal.Instant): Span {
  return {from: from.epochMilliseconds, until: until.epochMilliseconds}
}

function isFix(change: string): boolean {
  return change in table && table[change as ChangeType].freeze === 'counted'
}

/** An operation as the rules look at it. */
function asOperation(row: OperationRow): Operation {
  const {id, change, state, fromAt, untilAt, closedSeconds, noticeAcceptedAt, agreedBy, trial} = row
  return {
    ...{id, change: change as ChangeType, state: state as Operation['state'], agreedBy, ...span(fromAt, untilAt)},
    ...(closedSeconds === undefined ? {} : {closedMinutes: closedSeconds / 60}),
    ...(noticeAcceptedAt === undefined ? {} : {noticeAcceptedAt: noticeAcceptedAt.epochMilliseconds}),
    ...(trial === undefined ? {} : {trial: JSON.stringify(trial)}),
  }
}

function asOverride(row: OverrideRow) {
  const {id, rule, change, requester, approver, fromAt, untilAt} = row
  if (approver === undefined) return []
  return [{id, rule, change: change as ChangeType | undefined, requester, approver, ...span(fromAt, untilAt)}]
}

function trialsOf(runs: readonly ChangeRun[], environment: string): Known['trials'] {
  return runs.flatMap(({state, change, environments, endedAt}) => {
    const other = environments.find(each => each !== environment)
    if (state !== 'done' || other === undefined || environments.includes(environment)) return []
    return [{change: change as ChangeType, environment: other, at: endedAt?.epochMilliseconds ?? 0}]
  })
}

function tenantOf(environment: string): string {
  return environment.split('/')[0] ?? ''
}

function grouped<T>(rows: readonly T[], keysOf: (row: T) => readonly string[]): ReadonlyMap<string, readonly T[]> {
  const groups = new Map<string, T[]>()
  for (const row of rows)
    for (const key of new Set(keysOf(row))) {
      const group = groups.get(key)
      if (group) group.push(row)
      else groups.set(key, [row])
    }
  return groups
}
