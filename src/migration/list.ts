import type {Temporal} from 'temporal-polyfill'
import {zoneOf} from '../calendar/steps.ts'
import type {Queries} from '../ledger/ledger.ts'
import {migrations} from '../ledger/migration.ts'
import {operations} from '../ledger/operation.ts'
import {tenantNamed} from '../ledger/tenant.ts'
import {type Closed, closedSeconds} from './closing.ts'
import {migrationFor} from './known.ts'
import {
  type Estimate,
  estimateOf,
  type MigrationRow,
  type MigrationState,
  nextOf,
  type Tried,
  type Validation,
  workingHours,
} from './model.ts'

/** A migration as commands answer with it. */
export interface MigrationShown {
  readonly id: string
  readonly tenant: string
  readonly from: string
  readonly version: string
  readonly state: MigrationState
  readonly askedBy: string
  readonly ticket: string
  readonly askedAt: Temporal.Instant
  /** The slot of what comes next, or what it was. */
  readonly slot?: {readonly from: Temporal.Instant; readonly until: Temporal.Instant} | undefined
  readonly operation?: string | undefined
  readonly noticeAcceptedAt?: Temporal.Instant | undefined
  readonly run?: string | undefined
  readonly tried?: Tried | undefined
  readonly validation?: Validation | undefined
  readonly rejection?: {readonly by: string; readonly why: string; readonly at: string} | undefined
  readonly agreement?: {readonly by: string; readonly at: string; readonly instant: string} | undefined
  /** Why there was no environment to try it on (R038). */
  readonly waiver?: string | undefined
  /** Working hours from the first word on production to the date that was agreed; 4 at most (R145). */
  readonly planningHours?: number | undefined
  /** What the customer's teams have done (R129), and who helps them (R130). */
  readonly preparation?: unknown
  readonly assistance?: unknown
  /** Seconds people were kept out: estimated from qualification, and measured from outside. */
  readonly closedSeconds: {readonly estimated?: Estimate | undefined; readonly measured?: number | undefined}
  readonly endedAt?: Temporal.Instant | undefined
  /** What to type next. */
  readonly next: readonly string[]
}

/** Migrations, the newest first; without `all` those that are not over. */
export async function listMigrations(
  q: Queries,
  {tenant, all}: {tenant?: string | undefined; all: boolean},
): Promise<{items: readonly MigrationShown[]}> {
  const rows = await migrations(q, {tenant, open: !all})
  const items = []
  for (const row of rows) items.push(await shownMigration(q, row))
  return {items}
}

/** One migration. Throws `Refusal('not-found')`. */
export async function showMigration(q: Queries, id: string): Promise<MigrationShown> {
  return shownMigration(q, await migrationFor(q, id))
}

/** A row as commands answer with it. */
async function shownMigration(q: Queries, row: MigrationRow): Promise<MigrationShown> {
  const {id, tenant, version, state, askedBy, ticket, askedAt, fromAt, untilAt, operation, run, detail, endedAt} = row
  const said = detail as {
    readonly from?: string
    readonly proposal?: {readonly waiver?: string}
    readonly planningSince?: string
    readonly closed?: Closed
  } & Pick<MigrationShown, 'tried' | 'validation' | 'rejection' | 'agreement' | 'preparation' | 'assistance'>
  const {tried, validation, rejection, agreement, preparation, assistance, planningSince} = said
  const [planned] = operation ? await operations(q, {ids: [operation]}) : []
  const zone = zoneOf((await tenantNamed(q, tenant))?.timeZone ?? 'UTC')
  const hours =
    planningSince && agreement
      ? workingHours(Date.parse(planningSince), Date.parse(agreement.at), zone.wall)
      : undefined
  const measured = run && run !== tried?.run ? closedSeconds(said.closed, run) : undefined
  return {
    ...{id, tenant, from: said.from ?? '', version, state, askedBy, ticket, askedAt, operation, run, endedAt},
    slot: fromAt && untilAt ? {from: fromAt, until: untilAt} : undefined,
    noticeAcceptedAt: planned?.noticeAcceptedAt,
    ...{tried, validation, rejection, agreement, preparation, assistance, planningHours: hours},
    waiver: said.proposal?.waiver,
    closedSeconds: {estimated: tried && estimateOf(tried), measured},
    next: nextOf(row),
  }
}
