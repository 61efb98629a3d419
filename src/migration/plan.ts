import {Temporal} from 'temporal-polyfill'
import type {Decision} from '../calendar/model.ts'
import {fullName} from '../environment/model.ts'
import type {Platform} from '../environment/steps.ts'
import type {Queries} from '../ledger/ledger.ts'
import {migrations} from '../ledger/migration.ts'
import {lostRows} from '../restore/steps.ts'
import type {Step} from '../runbook/model.ts'
import {migrationFor, placesOf, slotDecision} from './known.ts'
import {type MigrationShown, showMigration} from './list.ts'
import {type MigrationRow, type Tried, windows} from './model.ts'
import {gateOf} from './schedule.ts'

/** Everything that is known before anybody is kept out; asks hosts, changes nothing. */
export interface MigrationPlan {
  readonly migration: MigrationShown
  readonly steps: {readonly qualification: readonly string[]; readonly production: readonly string[]}
  /** Rows that were written on qualification only, and go when it is refreshed (R144, C14). */
  readonly lostOnQualification: Readonly<Record<string, number>>
  /** What the calendar says of its slot, or of now. */
  readonly calendar: readonly Decision[]
  /** Why production may not be planned yet. */
  readonly gate: readonly string[]
}

/** The steps of both runbooks; building them asks nobody. */
export interface Books {
  qualification(row: MigrationRow): readonly Step[]
  production(row: MigrationRow): readonly Step[]
}

/** Plans both ways of a migration. Throws `Refusal('not-found')`. */
export async function planMigration(platform: Platform, id: string, books: Books): Promise<MigrationPlan> {
  const {ledger} = platform
  const row = await migrationFor(ledger, id)
  const {production, qualification} = await placesOf(ledger, row.tenant)
  const since = qualification && Temporal.Instant.from(await refreshedAt(ledger, row.tenant))
  const now = platform.clock.now()
  const decisions = []
  for (const [environment, which] of [
    [qualification, 'qualification'],
    [production, 'production'],
  ] as const) {
    if (!environment) continue
    const own = row.state.startsWith(which)
    const at = (own && row.fromAt ? row.fromAt : now).epochMilliseconds
    const slot = {environment: fullName(environment), at, minutes: windows[which].usual}
    decisions.push(await slotDecision(ledger, now, {slot, own: row.operation}))
  }
  const names = (steps: readonly Step[]) => steps.map(({name}) => name)
  return {
    migration: await showMigration(ledger, id),
    steps: {qualification: names(books.qualification(row)), production: names(books.production(row))},
    lostOnQualification: qualification && since ? await lostRows(platform, qualification, since) : {},
    calendar: decisions,
    gate: await gateOf(platform, row),
  }
}

/** When production's data came to qualification last; what is there longer is lost too. */
async function refreshedAt(q: Queries, tenant: string): Promise<string> {
  const tries = (await migrations(q, {tenant})).flatMap(({detail}) => (detail.tried as Tried | undefined)?.at ?? [])
  return tries.sort().at(-1) ?? '2000-01-01T00:00:00Z'
}
