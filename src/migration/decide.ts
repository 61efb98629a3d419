import type {Temporal} from 'temporal-polyfill'
import {fullName} from '../environment/model.ts'
import type {Platform} from '../environment/steps.ts'
import {Refusal} from '../error.ts'
import {endValidation} from '../ledger/calendar.ts'
import {putBanner} from '../ledger/environment.ts'
import type {Ledger} from '../ledger/ledger.ts'
import {changeMigration} from '../ledger/migration.ts'
import {insertOperation} from '../ledger/operation.ts'
import {putSchedule} from '../ledger/schedule.ts'
import {shortId} from '../ledger/short-id.ts'
import {announce} from '../maintenance/steps.ts'
import {contactFor, migrationFor, notNow, placesOf, refuseSlot, slotDecision} from './known.ts'
import type {Checked, MigrationRow, Tried, Validation} from './model.ts'
import {assertGate, dropOperation} from './schedule.ts'
import {tendSchedule} from './tend-schedule.ts'

/**
 * A contact who decides says that what stands on qualification is what they want (R133, R143). Throws `Refusal`
 * `migration-state`, `contact-unfit`, `input-invalid` for a checklist with a point that failed.
 */
export async function validateMigration(
  ledger: Ledger,
  now: Temporal.Instant,
  {id, by, checklist}: {id: string; by: string; checklist: readonly Checked[]},
): Promise<MigrationRow> {
  const row = await migrationFor(ledger, id, 'validate')
  const contact = await contactFor(ledger, {tenant: row.tenant, by, decides: true})
  const tried = row.detail.tried as Tried
  if (contact.email === tried.operator)
    throw new Refusal('contact-unfit', `${contact.email} ran it on qualification; somebody else validates it.`, {
      facts: {migration: id, ranBy: tried.operator},
      remedies: [`selfhelp tenant show ${row.tenant}`],
    })
  const failed = checklist.filter(({ok}) => !ok)
  if (failed.length > 0 || checklist.length === 0)
    throw new Refusal(
      'input-invalid',
      failed.length > 0 ? `Not all is well: ${failed.map(({check}) => check).join('; ')}.` : 'The checklist is empty.',
      {facts: {failed}, remedies: [`selfhelp migration reject ${id} --by ${by} --why TEXT`]},
    )
  const {build, dataOf} = tried
  const validation: Validation = {by, email: contact.email, at: now.toString(), build, dataOf, checklist}
  return over(ledger, row, {state: 'validated', detail: {validation}})
}

/** A contact says that it is not what they want. Throws `Refusal` `migration-state`, `contact-unfit`. */
export async function rejectMigration(
  ledger: Ledger,
  now: Temporal.Instant,
  {id, by, why}: {id: string; by: string; why: string},
): Promise<MigrationRow> {
  const row = await migrationFor(ledger, id, 'reject')
  await contactFor(ledger, {tenant: row.tenant, by, decides: true})
  return over(ledger, row, {state: 'rejected', detail: {rejection: {by, why, at: now.toString()}}})
}

async function over(
  ledger: Ledger,
  row: MigrationRow,
  change: {state: 'validated' | 'rejected'; detail: Record<string, unknown>},
): Promise<MigrationRow> {
  return ledger.transaction(async tx => {
    const moved = await changeMigration(tx, {id: row.id, from: ['awaiting-validation']}, {...change, slot: null})
    if (!moved) throw notNow(row, change.state === 'validated' ? 'validate' : 'reject')
    await endValidation(tx, `${row.tenant}/qualification`)
    return migrationFor(tx, row.id)
  })
}

/**
 * A contact who decides agrees on the proposed instant: from here on it is planned, announced, and on the calendar
 * (R147, R165). Throws `Refusal` `migration-state`, `contact-unfit`, `migration-gate`, `calendar-refused`, `calendar-needs`.
 */
export async function agreeMigration(
  platform: Platform,
  {id, by, at, operator}: {id: string; by: string; at?: Temporal.Instant | undefined; operator: string},
): Promise<MigrationRow> {
  const {ledger, clock} = platform
  const now = clock.now()
  const row = await migrationFor(ledger, id, 'agree')
  await contactFor(ledger, {tenant: row.tenant, by, decides: true})
  const {fromAt, untilAt} = row
  if (!fromAt || !untilAt) throw notNow(row, 'agree')
  if (at && at.epochMilliseconds !== fromAt.epochMilliseconds) throw otherInstant(row, at)
  await assertGate(platform, row, (row.detail.proposal as {waiver?: string}).waiver)
  const environment = `${row.tenant}/production`
  const minutes = (untilAt.epochMilliseconds - fromAt.epochMilliseconds) / 60_000
  const slot = {environment, at: fromAt.epochMilliseconds, minutes}
  refuseSlot(await slotDecision(ledger, now, {slot, own: undefined}), id)
  return ledger.transaction(async tx => {
    await putSchedule(tx, tendSchedule)
    const operation = shortId('m')
    const {ticket, version} = row
    const dated = {fromAt, untilAt, agreedBy: by, agreedAt: now, plannedAt: now, operator, ticket}
    const about = {id: operation, plan: id, environment, change: 'migration', title: `Self Help ${version}`}
    await insertOperation(tx, {...about, ...dated})
    await announce(tx, now, {...about, fromAt, untilAt, kind: 'maintenance-planned', sequence: 0})
    const agreement = {by, at: now.toString(), instant: fromAt.toString()}
    const change = {state: 'production-planned', slot: {fromAt, untilAt, operation}, detail: {agreement}} as const
    if (!(await changeMigration(tx, {id, from: ['production-proposed']}, change))) throw notNow(row, 'agree')
    return migrationFor(tx, id)
  })
}

/** Nothing will come of it. Throws `Refusal` `migration-state` while it is at work, or over. */
export async function abandonMigration(
  ledger: Ledger,
  now: Temporal.Instant,
  {id, why}: {id: string; why: string},
): Promise<MigrationRow> {
  const row = await migrationFor(ledger, id, 'abandon')
  const {production, qualification} = await placesOf(ledger, row.tenant)
  return ledger.transaction(async tx => {
    await dropOperation(tx, now, row)
    if (qualification && row.state === 'awaiting-validation') await endValidation(tx, fullName(qualification))
    await putBanner(tx, production.id)
    const change = {state: 'abandoned', slot: null, endedAt: now, detail: {abandoned: {why}}} as const
    if (!(await changeMigration(tx, {id, from: [row.state]}, change))) throw notNow(row, 'abandon')
    return migrationFor(tx, id)
  })
}

function otherInstant({id, fromAt}: MigrationRow, at: Temporal.Instant): Refusal {
  return new Refusal(
    'migration-state',
    `${at} was not proposed for migration ${id}, but ${fromAt}; nothing was agreed.`,
    {
      facts: {migration: id, proposed: fromAt?.toString(), agreed: at.toString()},
      remedies: [`selfhelp migration schedule ${id} --environment production --at ${at} --users-informed --team-ready`],
    },
  )
}
