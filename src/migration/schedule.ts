import type {Temporal} from 'temporal-polyfill'
import {fullName} from '../environment/model.ts'
import type {Platform} from '../environment/steps.ts'
import {Refusal} from '../error.ts'
import {endValidation} from '../ledger/calendar.ts'
import type {Ledger, Queries} from '../ledger/ledger.ts'
import {changeMigration} from '../ledger/migration.ts'
import {withdrawNotices} from '../ledger/notice.ts'
import {insertOperation, operations, settleOperation} from '../ledger/operation.ts'
import {putSchedule} from '../ledger/schedule.ts'
import {shortId} from '../ledger/short-id.ts'
import {announce} from '../maintenance/steps.ts'
import {enqueueNotice} from '../notice/steps.ts'
import {assertReachable} from '../release/steps.ts'
import {buildFor, migrationFor, notNow, placesOf, refuseSlot, slotDecision} from './known.ts'
import {gateObjections, type MigrationRow, type Tried, type Validation, windows} from './model.ts'
import {tendSchedule} from './tend-schedule.ts'

export interface Dated {
  readonly id: string
  readonly at: Temporal.Instant
  /** The window; the usual one of that environment when left out. */
  readonly minutes?: number | undefined
  readonly operator: string
  readonly reason?: string | undefined
  /** After so many days without a word on it, and again, the contacts are reminded; 0 never (R142). */
  readonly remindDays?: number | undefined
}

/**
 * A date for qualification, told to the customer with what is lost there (R136, R138, R144). Throws `Refusal`
 * `migration-state`, `environment-unsubscribed`, `release-unfit`, `calendar-refused`, `input-invalid`.
 */
export async function scheduleQualification(
  ledger: Ledger,
  now: Temporal.Instant,
  dated: Dated,
): Promise<MigrationRow> {
  const row = await migrationFor(ledger, dated.id, 'schedule qualification')
  const {production, qualification} = await placesOf(ledger, row.tenant)
  if (!qualification) throw noQualification(row)
  await assertReachable(ledger, {from: production.version, to: row.version})
  const slot = slotOf(dated, 'qualification', now)
  const environment = fullName(qualification)
  const minutes = (slot.untilAt.epochMilliseconds - slot.fromAt.epochMilliseconds) / 60_000
  const asked = {environment, at: slot.fromAt.epochMilliseconds, minutes}
  refuseSlot(await slotDecision(ledger, now, {slot: asked, own: row.operation}), row.id)
  return ledger.transaction(async tx => {
    await dropOperation(tx, now, row)
    await endValidation(tx, environment)
    const id = shortId('m')
    const {tenant, version, ticket} = row
    const title = `Self Help ${version}`
    const {operator, reason} = dated
    await insertOperation(tx, {
      ...{id, plan: row.id, environment, change: 'migration', title, ...slot, operator, reason, ticket, plannedAt: now},
    })
    const when = {from: slot.fromAt, until: slot.untilAt}
    const about = {event: `migration/${row.id}/${id}`, kind: 'migration-qualification', tenant, environment} as const
    const roles = ['operations', 'decision']
    await enqueueNotice(tx, {...about, roles, what: version, when, operation: {id, sequence: 0}}, now)
    // Whatever was said of what stood there is said of nothing any more.
    const {remindDays} = dated
    const detail = {
      validation: null,
      rejection: null,
      proposal: null,
      ...(remindDays === undefined ? {} : {remindDays}),
    }
    await putSchedule(tx, tendSchedule)
    const change = {state: 'qualification-planned', slot: {...slot, operation: id}, detail} as const
    if (!(await changeMigration(tx, {id: row.id, from: [row.state]}, change)))
      throw notNow(row, 'schedule qualification')
    return migrationFor(tx, row.id)
  })
}

export interface Proposed extends Dated {
  /** Said by the customer (R146, R149). */
  readonly usersInformed: boolean
  readonly teamReady: boolean
  /** Why there is no qualification to try it on (R038). */
  readonly waiver?: string | undefined
}

/**
 * Proposes a date for production; it is planned once a contact agrees on it (R146–R149). Throws `Refusal`
 * `migration-gate`, `migration-state`, `calendar-refused`, `calendar-needs`, `input-invalid`.
 */
export async function proposeProduction(platform: Platform, dated: Proposed): Promise<MigrationRow> {
  const {ledger, clock} = platform
  const now = clock.now()
  const row = await migrationFor(ledger, dated.id, 'schedule production')
  refuseUnready(dated)
  const slot = slotOf(dated, 'production', now)
  await assertGate(platform, row, dated.waiver)
  const environment = `${row.tenant}/production`
  const minutes = (slot.untilAt.epochMilliseconds - slot.fromAt.epochMilliseconds) / 60_000
  const asked = {environment, at: slot.fromAt.epochMilliseconds, minutes}
  refuseSlot(await slotDecision(ledger, now, {slot: asked, own: row.operation}), row.id)
  return ledger.transaction(async tx => {
    await dropOperation(tx, now, row)
    const said = {at: now.toString(), operator: dated.operator, usersInformed: true, teamReady: true}
    const proposal = {...said, ...(dated.waiver ? {waiver: dated.waiver} : {})}
    // Measured from the first word on production to the date both agree on (R145).
    const since = (row.detail.planningSince as string | undefined) ?? now.toString()
    const detail = {proposal, planningSince: since, agreement: null}
    const change = {state: 'production-proposed', slot, detail} as const
    if (!(await changeMigration(tx, {id: row.id, from: [row.state]}, change))) throw notNow(row, 'schedule production')
    return migrationFor(tx, row.id)
  })
}

/**
 * Production may be planned: exactly this build was validated on qualification by somebody who decides and did not run
 * it, or there is no qualification and it is said why. Throws `Refusal` `migration-gate`, `release-unfit`.
 */
export async function assertGate(platform: Platform, row: MigrationRow, waiver?: string | undefined): Promise<void> {
  const {ledger} = platform
  const {production, qualification} = await placesOf(ledger, row.tenant)
  await assertReachable(ledger, {from: production.version, to: row.version})
  const objections = await gateOf(platform, row, waiver)
  if (objections.length === 0) return
  throw new Refusal('migration-gate', `Production of ${row.tenant} may not be planned: ${objections.join('; ')}.`, {
    facts: {migration: row.id, objections},
    remedies: qualification
      ? [`selfhelp migration schedule ${row.id} --environment qualification --at TIME`]
      : ['--waiver TEXT', `selfhelp environment add ${row.tenant}/qualification`],
  })
}

/** Why production may not be planned with what was said so far; none when it may. */
export async function gateOf(
  platform: Platform,
  row: MigrationRow,
  waiver?: string | undefined,
): Promise<readonly string[]> {
  const {production, qualification} = await placesOf(platform.ledger, row.tenant)
  if (!qualification)
    return waiver?.trim() ? [] : ['there is no qualification environment, and nobody said why it goes without (R038)']
  return gateObjections(row.detail as {validation: Validation | undefined; tried: Tried | undefined}, {
    build: await buildFor(platform, production, row.version),
    at: platform.clock.now().epochMilliseconds,
    qualification: qualification.version,
    version: row.version,
  })
}

/** Takes what was planned off the calendar; everybody who may have heard of it is told. */
export async function dropOperation(tx: Queries, now: Temporal.Instant, row: MigrationRow): Promise<void> {
  const [before] = row.operation === undefined ? [] : await operations(tx, {ids: [row.operation]})
  if (before?.state !== 'planned') return
  await withdrawNotices(tx, before.id, now)
  await settleOperation(tx, {id: before.id, state: 'cancelled', at: now})
  await announce(tx, now, {...before, kind: 'maintenance-cancelled'})
}

function slotOf({at, minutes}: Dated, which: 'qualification' | 'production', now: Temporal.Instant) {
  const {least, most, usual} = windows[which]
  const length = minutes ?? usual
  const problems = [
    ...(length < least || length > most
      ? [`the window of ${which} is ${least / 60} to ${most / 60} hours (${which === 'production' ? 'R148' : 'R136'})`]
      : []),
    ...(at.epochMilliseconds < now.epochMilliseconds - 60_000 ? [`${at} has passed`] : []),
  ]
  if (problems.length === 0) return {fromAt: at, untilAt: at.add({minutes: length})}
  throw new Refusal('input-invalid', `Nothing was planned: ${problems.join('; ')}.`, {
    facts: {at: at.toString(), minutes: length},
    remedies: ['--at TIME', '--duration 2h'],
  })
}

function refuseUnready({usersInformed, teamReady}: Proposed): void {
  const missing = [...(usersInformed ? [] : ['--users-informed']), ...(teamReady ? [] : ['--team-ready'])]
  if (missing.length === 0) return
  throw new Refusal(
    'input-invalid',
    'Production is asked for when the customer says that users are informed and the team is ready (R146, R149).',
    {facts: {missing}, remedies: missing},
  )
}

function noQualification({id, tenant}: MigrationRow): Refusal {
  return new Refusal('environment-unsubscribed', `Tenant ${tenant} has no qualification environment (R038).`, {
    facts: {tenant},
    remedies: [
      `selfhelp environment add ${tenant}/qualification`,
      `selfhelp migration schedule ${id} --environment production --at TIME --waiver TEXT --users-informed --team-ready`,
    ],
  })
}
