import {Temporal} from 'temporal-polyfill'
import type {Contract} from '../contract/model.ts'
import {hostOf} from '../environment/model.ts'
import type {Platform} from '../environment/steps.ts'
import {Bug, Refusal} from '../error.ts'
import {migrations} from '../ledger/migration.ts'
import {unfinishedRun} from '../ledger/run.ts'
import {tenantNamed} from '../ledger/tenant.ts'
import {assertReachable} from '../release/steps.ts'
import {lostRows, pointBefore, type Safety} from '../restore/steps.ts'
import type {Closed} from './closing.ts'
import {buildFor, migrationFor, placesOf} from './known.ts'
import {environmentOf, type MigrationRow} from './model.ts'
import type {ProductionInput} from './production.ts'
import type {QualificationInput} from './refresh.ts'
import type {RollbackInput} from './rollback.ts'
import {assertGate} from './schedule.ts'
import {assertTurn} from './wave.ts'

/** What comes next for a migration that is planned, as a run; or its unfinished run. */
export type Ready =
  | {readonly which: 'qualification'; readonly input: QualificationInput; readonly row: MigrationRow}
  | {readonly which: 'production'; readonly input: ProductionInput; readonly row: MigrationRow}

/** Throws `Refusal` `migration-state` also before its slot, `migration-gate`, `release-unfit`. */
export async function readyToRun(platform: Platform, id: string): Promise<Ready> {
  const {ledger} = platform
  const known = await migrationFor(ledger, id)
  for (const which of ['qualification', 'production'] as const) {
    const before = await unfinishedRun(ledger, `migration-${which}`, id)
    if (before) return {which, input: before.input, row: known} as Ready
  }
  const row = await migrationFor(ledger, id, 'run')
  refuseEarly(row, platform.clock.now().epochMilliseconds)
  return environmentOf(row.state) === 'qualification' ? qualificationOf(platform, row) : productionOf(platform, row)
}

async function qualificationOf(platform: Platform, row: MigrationRow): Promise<Ready> {
  const {ledger} = platform
  const {production, qualification} = await placesOf(ledger, row.tenant)
  if (!qualification) throw new Bug(`the qualification of ${row.tenant} went away`)
  const {tenant, version: to} = row
  await assertReachable(ledger, {from: production.version, to})
  const [source, host] = [hostOf(production, 'database'), hostOf(qualification, 'database')]
  const about = {migration: row.id, tenant, name: 'qualification', id: qualification.id, host} as const
  const versions = {from: production.version, to, before: qualification.version}
  const build = await buildFor(platform, qualification, to)
  const masking = ((await tenantNamed(ledger, tenant))?.contract as Contract | undefined)?.masking ?? []
  const input = {...about, ...versions, production: {id: production.id, host: source}, build, masking}
  return {which: 'qualification', input, row}
}

async function productionOf(platform: Platform, row: MigrationRow): Promise<Ready> {
  const {production} = await placesOf(platform.ledger, row.tenant)
  const {tenant, version: to, operation, untilAt} = row
  await assertGate(platform, row, (row.detail.proposal as {waiver?: string} | undefined)?.waiver)
  await assertTurn(platform.ledger, row)
  if (!operation || !untilAt) throw new Bug(`migration ${row.id} is planned and has no slot`)
  const about = {migration: row.id, tenant, name: 'production', id: production.id} as const
  const host = hostOf(production, 'database')
  const input = {...about, host, from: production.version, to, operation, until: untilAt.toString()}
  return {which: 'production', input, row}
}

function refuseEarly(row: MigrationRow, now: number): void {
  const {id, fromAt} = row
  if (!fromAt || fromAt.epochMilliseconds <= now) return
  throw new Refusal('migration-state', `Migration ${id} is planned for ${fromAt}; that is not yet.`, {
    facts: {migration: id, from: fromAt.toString()},
    remedies: [
      `selfhelp migration show ${id}`,
      `selfhelp migration schedule ${id} --environment ${environmentOf(row.state)} --at TIME`,
    ],
  })
}

/** The way back leads from what this migration brought, and from nothing that came after it. */
async function assertLast({ledger}: Pick<Platform, 'ledger'>, row: MigrationRow, runs: string): Promise<void> {
  const later = (await migrations(ledger, {tenant: row.tenant})).find(
    ({askedAt, state}) =>
      Temporal.Instant.compare(askedAt, row.askedAt) > 0 && state !== 'rolled-back' && state !== 'abandoned',
  )
  if (!later && runs === row.version) return
  const what = later ? `migration ${later.id} came after it` : `production runs ${runs}`
  throw new Refusal('migration-state', `Migration ${row.id} brought ${row.version}; since then ${what}.`, {
    facts: {migration: row.id, runs, later: later?.id, state: later?.state},
    remedies: [`selfhelp migration show ${later?.id ?? row.id}`],
  })
}

/** A rollback as a run, with what would be lost since people were let in: rows by table. */
export interface ReadyBack {
  readonly input: RollbackInput
  readonly lost: Readonly<Record<string, number>>
}

/** Throws `Refusal` `migration-state`. */
export async function readyToRollBack(platform: Platform, id: string): Promise<ReadyBack> {
  const {ledger} = platform
  const before = await unfinishedRun(ledger, 'migration-rollback', id)
  const row = await migrationFor(ledger, id, before ? undefined : 'rollback')
  const {production} = await placesOf(ledger, row.tenant)
  const {safety, closed, from} = row.detail as {safety: Safety; closed: Closed; from: string}
  const opened = closed[safety.run]?.to
  const lost = before || !opened ? {} : await lostRows(platform, production, Temporal.Instant.from(opened))
  if (before) return {input: before.input as RollbackInput, lost}
  await assertLast(platform, row, production.version)
  const about = {migration: id, tenant: row.tenant, name: 'production', id: production.id} as const
  const versions = {host: hostOf(production, 'database'), from: row.version, to: from}
  const back = {set: safety.label, timeline: safety.timeline, point: pointBefore(safety.run)}
  return {input: {...about, ...versions, ...back}, lost}
}
