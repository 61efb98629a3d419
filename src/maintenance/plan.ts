import {Temporal} from 'temporal-polyfill'
import type {Decision} from '../calendar/model.ts'
import {factsOf, type Known, mayRun, wordsOf} from '../calendar/steps.ts'
import {Refusal} from '../error.ts'
import {activityOf} from '../ledger/activity.ts'
import type {Ledger, Queries} from '../ledger/ledger.ts'
import {insertOperation, type NewOperation} from '../ledger/operation.ts'
import {putSchedule} from '../ledger/schedule.ts'
import {shortId} from '../ledger/short-id.ts'
import {enqueueNotice} from '../notice/steps.ts'
import type {ChangeType} from '../runbook/model.ts'
import {leastActive} from './slot.ts'
import {tendSchedule} from './tend-schedule.ts'

export interface MaintenanceWanted {
  /** Full names. */
  readonly environments: readonly string[]
  readonly change: ChangeType
  readonly minutes: number
  /** The least active slot of the next weeks when left out. */
  readonly at?: Temporal.Instant | undefined
  /** What is done, for the notice. */
  readonly what: string
  /** Why no trial is needed elsewhere (R038). */
  readonly waiver?: string | undefined
  /** What it works on, when a host was named. */
  readonly host?: string | undefined
  readonly operator: string
  readonly reason?: string | undefined
  readonly ticket?: string | undefined
}

export interface MaintenancePlanned {
  /** Shared by the operations; none is made by a forecast. */
  readonly plan?: string
  readonly from: Temporal.Instant
  readonly until: Temporal.Instant
  /** Why this slot. */
  readonly because: string
  readonly items: readonly {
    readonly id?: string
    readonly notice?: string
    readonly environment: string
    readonly zone: string
    readonly decision: Decision
    readonly trial?: Trial | undefined
  }[]
}

export type Trial = {readonly environment: string; readonly at: string} | {readonly waiver: string}

/** So long after the lead time a notice should have been accepted, greylisting included. */
const marginMinutes = 60
const horizonHours = 24 * 21
const observedFor = {hours: 24 * 35}

/**
 * What planning would give: the slot, why, and what the calendar says. Throws `Refusal` `not-found`, `calendar-refused`
 * and `calendar-needs` for a time that is not allowed, `no-slot` when there is none.
 */
export async function foreseen(
  q: Queries,
  now: Temporal.Instant,
  wanted: MaintenanceWanted,
): Promise<MaintenancePlanned> {
  const facts = await factsOf(q, {now}, wanted.environments)
  const missing = wanted.environments.filter(each => !facts.some(({environment}) => environment === each))
  if (missing.length > 0 || facts.length === 0) throw unknown(missing)
  const {at, because} = wanted.at
    ? {at: wanted.at, because: `asked for by ${wanted.operator}`}
    : await chosen(q, now, {wanted, facts})
  const until = at.add({minutes: wanted.minutes})
  const {change, minutes} = wanted
  const items = facts.map(known => {
    const {environment, zone} = known
    const trial = trialOf(known, wanted)
    const asked = {change, environment, at: at.epochMilliseconds, minutes}
    // A waiver stands for the trial from here on; the operation keeps it.
    const trials = trial ? [{change, environment, at: 0}] : known.trials
    return {environment, zone: zone.name, decision: mayRun(asked, {...known, trials}), trial}
  })
  refuse(items.map(({decision}) => decision))
  return {from: at, until, because, items}
}

/** Plans it and writes the notices, in one transaction. */
export async function planMaintenance(
  ledger: Ledger,
  now: Temporal.Instant,
  wanted: MaintenanceWanted,
): Promise<MaintenancePlanned> {
  return ledger.transaction(async tx => {
    const forecast = await foreseen(tx, now, wanted)
    const plan = shortId('p')
    if (wanted.host !== undefined) await putSchedule(tx, tendSchedule)
    const items = []
    for (const item of forecast.items) {
      const id = shortId('m')
      const {change, what, host, operator, reason, ticket} = wanted
      const row: NewOperation = {
        ...{
          id,
          plan,
          environment: item.environment,
          change,
          title: what,
          fromAt: forecast.from,
          untilAt: forecast.until,
        },
        ...{operator, reason, ticket, plannedAt: now, slotBecause: forecast.because, trial: item.trial, host},
      }
      await insertOperation(tx, row)
      const notice = await announce(tx, now, {...row, kind: 'maintenance-planned', sequence: 0})
      items.push({...item, id, notice})
    }
    return {...forecast, plan, items}
  })
}

interface Announced extends Pick<NewOperation, 'id' | 'environment' | 'title' | 'fromAt' | 'untilAt'> {
  readonly kind: 'maintenance-planned' | 'maintenance-moved' | 'maintenance-cancelled' | 'maintenance-done'
  readonly sequence: number
}

/** Tells the contacts of a date, a new one, its end, or that it will not be (R165). */
export async function announce(tx: Queries, now: Temporal.Instant, operation: Announced): Promise<string> {
  const {id, kind, sequence, environment, title, fromAt, untilAt} = operation
  const notice = {
    ...{event: `operation/${id}/${sequence}/${kind}`, kind, roles: ['operations'], environment, what: title},
    ...{tenant: environment.split('/')[0] ?? '', when: {from: fromAt, until: untilAt}, operation: {id, sequence}},
  }
  return enqueueNotice(tx, notice, now)
}

/** Refuses what the calendar does not allow; conditions may still be met. */
export function refuse(decisions: readonly Decision[]): void {
  const against = decisions.filter(({verdict}) => verdict !== 'allowed')
  const [first] = against
  if (!first) return
  const said = against.flatMap(({environment, reasons}) => reasons.map(({sentence}) => `${environment}: ${sentence}`))
  const code = against.every(({verdict}) => verdict === 'needs') ? 'calendar-needs' : 'calendar-refused'
  const {environment, change, nextAllowed} = first
  throw new Refusal(code, `Nothing was planned. ${said.join(' ')}`, {
    facts: {at: first.at, decisions: against},
    remedies: [
      ...against.flatMap(({reasons}) => reasons.flatMap(({from}) => (from ? [`From ${from}`] : []))),
      nextAllowed
        ? `selfhelp maintenance plan ${environment} --change ${change} --at ${nextAllowed}`
        : `selfhelp calendar check ${environment} --change ${change}`,
    ],
  })
}

async function chosen(
  q: Queries,
  now: Temporal.Instant,
  {wanted, facts}: {wanted: MaintenanceWanted; facts: readonly Known[]},
) {
  const rows = await activityOf(
    q,
    facts.map(({environment}) => environment),
    now.subtract(observedFor),
  )
  const observed = rows.map(({quarter, ...row}) => ({...row, quarter: quarter.epochMilliseconds}))
  const lead = Math.max(...facts.map(({production, limits}) => (production ? limits.leadMinutes + marginMinutes : 0)))
  const from = now.add({minutes: lead})
  const slot = leastActive(
    {
      ...{change: wanted.change, minutes: wanted.minutes, from: from.epochMilliseconds},
      until: from.add({hours: horizonHours}).epochMilliseconds,
    },
    facts,
    observed,
  )
  if (!slot) throw noSlot(wanted, from)
  const [first] = facts
  const words = first ? wordsOf(first).moment(slot.at) : ''
  const because =
    slot.observed === 0
      ? `the first of ${slot.of} slots the calendar allows in three weeks; nothing was observed yet`
      : `of ${slot.of} slots the calendar allows in three weeks the one with fewest requests: ${slot.requests} expected from ${words} on, by ${slot.observed} quarters of an hour observed`
  return {at: Temporal.Instant.fromEpochMilliseconds(slot.at), because}
}

function trialOf({trials}: Known, {change, waiver}: MaintenanceWanted): Trial | undefined {
  if (waiver !== undefined) return {waiver}
  const [found] = trials.filter(each => each.change === change).sort((a, b) => b.at - a.at)
  return found && {environment: found.environment, at: new Date(found.at).toISOString()}
}

function unknown(missing: readonly string[]): Refusal {
  const message = missing.length > 0 ? `There is no environment ${missing.join(', ')}.` : 'No environment stands there.'
  return new Refusal('not-found', message, {facts: {missing}, remedies: ['selfhelp environment list']})
}

function noSlot({change, minutes, environments}: MaintenanceWanted, from: Temporal.Instant): Refusal {
  return new Refusal('no-slot', `From ${from} on, three weeks have no slot of ${minutes} minutes for ${change}.`, {
    facts: {environments, change, minutes},
    remedies: [
      `selfhelp calendar show ${environments[0]}`,
      `selfhelp calendar check ${environments[0]} --change ${change}`,
    ],
  })
}
