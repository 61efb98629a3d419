import {drillLock} from '../backup/steps.ts'
import {atVersion, environmentLock, type Platform, shareLock, staged} from '../environment/steps.ts'
import {Refusal} from '../error.ts'
import {noteFinding} from '../event/steps.ts'
import {beginValidation} from '../ledger/calendar.ts'
import {changeMigration} from '../ledger/migration.ts'
import {operations, replanOperation, settleOperation} from '../ledger/operation.ts'
import {stepsOfRun} from '../ledger/run.ts'
import {oldDataGone} from '../restore/steps.ts'
import type {Runbook, Step, Undo} from '../runbook/model.ts'
import {type Fact, runbook, step, undo} from '../runbook/step.ts'
import {type Closed, closedSeconds, closing} from './closing.ts'
import {migrationFor} from './known.ts'
import {mailed} from './mail.ts'
import type {Tried} from './model.ts'
import {checksPass, schemaMigrated, serversSwitched} from './move.ts'
import {
  asProduction,
  backupsReadable,
  countsOf,
  dataBeside,
  productionMeasured,
  type QualificationInput,
  type Refreshing,
} from './refresh.ts'
import {workOf} from './work.ts'

const document = 'docs/runbooks/migration-qualification.md#after-the-exchange'

/** Qualification becomes what production is, then comes to the new version, and is handed to the customer (R137–R141). */
export function migrationQualification(platform: Platform): Runbook<QualificationInput> {
  return runbook<QualificationInput>({
    id: 'migration-qualification',
    change: 'migration',
    title: ({tenant, to}) => `bring ${tenant}/qualification to ${to} with production's data`,
    subject: ({migration}) => migration,
    tenant: ({tenant}) => tenant,
    environments: ({tenant}) => [`${tenant}/qualification`],
    locks: ({id, host, production}) => [
      ...new Set([
        ...[environmentLock(id), shareLock(host, id)],
        ...[environmentLock(production.id), drillLock(production.host)],
      ]),
    ],
    steps: input => steps({...workOf(platform, input), input}),
  })
}

function steps(work: Refreshing): readonly Step[] {
  const {platform, input} = work
  const page = closing(work)
  const going = begun(work)
  const [reading, beside] = [backupsReadable(work), dataBeside(work)]
  const same = asProduction(work, page.state)
  const name = 'qualification-is-closed'
  const gone = {
    ...work,
    input: {restore: input.migration, set: '', timeline: 1, goal: {kind: 'point', name: ''}},
  } as const
  const both = [input.from, input.to].map(version =>
    staged(
      platform,
      atVersion(async () => [await work.which()], version),
    ),
  )
  return [
    step('migration-is-running', going, {undo: going.undo}),
    step('releases-are-on-every-server', each(both), {within: 'PT10M'}),
    step('production-is-measured', productionMeasured(work), {within: 'PT10M'}),
    step('host-may-read-the-backups', reading, {undo: reading.undo}),
    step('production-data-lies-beside', beside, {undo: beside.undo, within: 'PT10M'}),
    step('host-may-read-them-no-more', reading.closed),
    {...step(name, page.open, undo.by(page.close)), opens: {atMost: page.open.atMost}},
    step('qualification-is-as-production', same, {undo: same.undo}),
    step('schema-is-migrated', schemaMigrated(work, page.state)),
    step('every-server-is-switched', serversSwitched(work, page.state)),
    step(
      'checks-pass',
      checksPass(work, () => countsOf(work)),
    ),
    {...step(`${name}-no-more`, page.close), closes: name},
    step('old-data-is-gone', oldDataGone(gone), undo.never('what was there before is gone', document)),
    step('confirmation-is-on-its-way', mailed(work, 'qualified')),
    step('customer-validates', handedOver(work)),
  ]
}

function each(facts: readonly Fact[]): Fact {
  return {
    holds: async at => (await Promise.all(facts.map(fact => fact.holds(at)))).every(Boolean),
    make: async at => {
      for (const fact of facts) if (!(await fact.holds(at))) await fact.make(at)
    },
  }
}

function begun({platform, input}: Refreshing): Fact & {undo: Undo} {
  const {ledger, clock} = platform
  const id = input.migration
  return {
    holds: async at => {
      const row = await migrationFor(ledger, id)
      return row.state === 'qualification-running' && row.run === at.run
    },
    make: async at =>
      ledger.transaction(async tx => {
        const {operation} = await migrationFor(tx, id)
        const change = {state: 'qualification-running', run: at.run} as const
        if (!(await changeMigration(tx, {id, from: ['qualification-planned']}, change)))
          throw new Refusal('migration-state', `Migration ${id} is no longer planned for qualification.`, {
            remedies: [`selfhelp migration show ${id}`],
          })
        if (operation) await settleOperation(tx, {id: operation, state: 'running', at: clock.now(), run: at.run})
      }),
    undo: {
      kind: 'by',
      undo: async () =>
        ledger.transaction(async tx => {
          const {operation} = await migrationFor(tx, id)
          await changeMigration(tx, {id, from: ['qualification-running']}, {state: 'qualification-planned'})
          if (operation) await replanOperation(tx, operation)
        }),
    },
  }
}

/** What each step took: from these parts production is estimated. */
async function secondsOf(ledger: Platform['ledger'], run: string): Promise<Readonly<Record<string, number>>> {
  const steps = await stepsOfRun(ledger, run)
  return Object.fromEntries(
    steps.flatMap(({name, startedAt, endedAt}) =>
      endedAt ? [[name, (endedAt.epochMilliseconds - startedAt.epochMilliseconds) / 1000]] : [],
    ),
  )
}

/** From here on it waits for the customer, however long (R142); nothing changes under them. */
function handedOver({platform, input, kept}: Refreshing): Fact {
  const {ledger, clock} = platform
  const id = input.migration
  return {
    holds: async at => {
      const row = await migrationFor(ledger, id)
      return row.state === 'awaiting-validation' && (row.detail.tried as Tried).run === at.run
    },
    make: async at => {
      const detail = await kept.detail()
      const closed = closedSeconds(detail.closed as Closed | undefined, at.run) ?? 0
      const now = clock.now()
      const about = {run: at.run, operator: at.operator, build: input.build, dataOf: String(detail.dataOf)}
      const seconds = {closed, ...(await secondsOf(ledger, at.run))}
      const tried: Tried = {...about, at: now.toString(), seconds}
      await ledger.transaction(async tx => {
        const {operation} = await migrationFor(tx, id)
        const [slot] = operation ? await operations(tx, {ids: [operation]}) : []
        const state = 'awaiting-validation' as const
        await changeMigration(tx, {id, from: ['qualification-running']}, {state, slot: null, detail: {tried}})
        const environment = `${input.tenant}/qualification`
        await beginValidation(tx, {environment, what: `Self Help ${input.to}`, since: now})
        if (!slot) return
        await settleOperation(tx, {id: slot.id, state: 'done', at: now, closedSeconds: Math.ceil(closed)})
        if (now.epochMilliseconds <= slot.untilAt.epochMilliseconds) return
        // About the migration, not the platform: it must not stand in its own way (R136).
        const late = {kind: 'qualification-overrun', subject: id, tenant: input.tenant}
        const remedy = `Tell the customer: it was announced until ${slot.untilAt}.`
        await noteFinding(tx, {...late, remedy, detail: {until: slot.untilAt.toString()}}, now)
      })
    },
  }
}
