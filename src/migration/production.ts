import {Temporal} from 'temporal-polyfill'
import {drillLock} from '../backup/steps.ts'
import {stateIn} from '../environment/model.ts'
import {environmentLock, lettingIn, type Platform, shareLock} from '../environment/steps.ts'
import {Refusal} from '../error.ts'
import {putBanner} from '../ledger/environment.ts'
import {changeMigration, noteBanner} from '../ledger/migration.ts'
import {operations, replanOperation, settleOperation} from '../ledger/operation.ts'
import {backedUpNow, chainProven, measuredBefore, pointBefore, wayBackProven} from '../restore/steps.ts'
import type {Runbook, Step, Undo} from '../runbook/model.ts'
import {type Fact, runbook, step, undo} from '../runbook/step.ts'
import {type Closed, closedSeconds, closing} from './closing.ts'
import {migrationFor} from './known.ts'
import {mailed} from './mail.ts'
import {backToBefore, checksPass, releaseStaged, rowsAt, schemaMigrated, serversSwitched} from './move.ts'
import {assertGate} from './schedule.ts'
import {assertTurn, haltWaves} from './wave.ts'
import {bannerOf} from './words.ts'
import {failed, type MoveInput, orBack, type Work, workOf} from './work.ts'

export interface ProductionInput extends MoveInput {
  readonly operation: string
  /** RFC 3339: the agreed slot. */
  readonly until: string
}

const document = 'docs/runbooks/migration-production.md#after-reopening'

/** Production comes to the version that was validated, in the slot that was agreed; before reopening everything can go back (R149–R154). */
export function migrationProduction(platform: Platform): Runbook<ProductionInput> {
  return runbook<ProductionInput>({
    id: 'migration-production',
    change: 'migration',
    title: ({tenant, from, to}) => `migrate ${tenant}/production from ${from} to ${to}`,
    subject: ({migration}) => migration,
    tenant: ({tenant}) => tenant,
    environments: ({tenant}) => [`${tenant}/production`],
    locks: ({id, host}) => [environmentLock(id), drillLock(host), shareLock(host, id)],
    steps: input => steps(workOf(platform, input), input),
  })
}

function steps(work: Work, input: ProductionInput): readonly Step[] {
  const page = closing(work)
  const going = begun(work, input)
  const banner = pagesSaySo(work, input)
  const mail = mailed(work, 'done')
  const name = 'people-see-a-page'
  return [
    step('migration-is-running', going, {undo: going.undo}),
    step('pages-say-so-ahead', banner, {undo: banner.undo}),
    step('notice-was-accepted', noticeAccepted(work, input)),
    step('gate-and-slot-still-hold', gateHolds(work, input)),
    step('release-is-on-every-server', releaseStaged(work), {within: 'PT10M'}),
    step('chain-is-proven-restorable', chainProven(work), {within: 'PT10M'}),
    {...step(name, page.open, undo.by(page.close)), opens: {atMost: page.open.atMost}},
    step('backup-of-now-is-proven', held(work, backedUpNow(work))),
    step('state-before-is-measured-and-archived', held(work, measuredBefore(work))),
    step('schema-is-migrated', schemaMigrated(work, page.state), backToBefore(work, page.state)),
    step('every-server-is-switched', serversSwitched(work, page.state)),
    step(
      'checks-pass',
      checksPass(work, at => rowsAt(work, pointBefore(at.run))),
    ),
    step('it-is-not-too-late', inTime(work, input)),
    step('mail-is-on-its-way', mail, {undo: mail.undo}),
    {...step(`${name}-no-more`, page.close, undo.never('people write into the new version', document)), closes: name},
    step('way-back-is-proven-restorable', wayBackProven(work), {within: 'PT10M'}),
    step('migration-is-recorded', recorded(work, input)),
  ]
}

/** An outside failure while people are kept out is tried three times. */
function held(work: Work, fact: Fact): Fact {
  return {holds: at => fact.holds(at), make: orBack(work, at => fact.make(at))}
}

function begun({platform, input, kept}: Work, {operation}: ProductionInput): Fact & {undo: Undo} {
  const {ledger, clock} = platform
  const id = input.migration
  return {
    holds: async at => {
      const row = await migrationFor(ledger, id)
      return row.state === 'production-running' && row.run === at.run
    },
    make: async at =>
      ledger.transaction(async tx => {
        const change = {state: 'production-running', run: at.run} as const
        if (!(await changeMigration(tx, {id, from: ['production-planned']}, change)))
          throw new Refusal('migration-state', `Migration ${id} is no longer planned for production.`, {
            remedies: [`selfhelp migration show ${id}`],
          })
        await settleOperation(tx, {id: operation, state: 'running', at: clock.now(), run: at.run})
      }),
    undo: {
      kind: 'by',
      undo: async at => {
        const closed = (await kept.detail()).closed as Closed | undefined
        const seconds = closedSeconds(closed, at.run)
        const from = ['production-running'] as const
        await ledger.transaction(async tx => {
          // Where nobody was kept out nothing has happened, and the slot may not be over.
          if (seconds === undefined) {
            await changeMigration(tx, {id, from}, {state: 'production-planned'})
            return replanOperation(tx, operation)
          }
          const detail = {wentBack: {run: at.run, seconds}}
          await haltWaves(tx, {
            tenant: input.tenant,
            version: input.to,
            why: `${input.tenant} went back, run ${at.run}`,
          })
          await changeMigration(tx, {id, from}, {state: 'rolled-back', endedAt: clock.now(), detail})
          const about = {id: operation, state: 'done', at: clock.now(), closedSeconds: Math.ceil(seconds)} as const
          await settleOperation(tx, about)
        })
      },
    },
  }
}

/** Every page says when it will close, before it does (R149). */
function pagesSaySo({platform, which, input}: Work, {until}: ProductionInput): Fact & {undo: Undo} {
  const {ledger, clock} = platform
  const shown = lettingIn(
    platform,
    async () => [await which()],
    async environment => stateIn(environment),
  )
  return {
    holds: async at => (await which()).banner !== undefined && (await shown.holds(at)),
    make: async at => {
      const {timeZone, banner} = await which()
      if (!banner)
        await putBanner(ledger, input.id, bannerOf({timeZone, from: clock.now(), until: Temporal.Instant.from(until)}))
      await shown.make(at)
    },
    undo: {
      kind: 'by',
      undo: async at => {
        await putBanner(ledger, input.id)
        await noteBanner(ledger, input.migration, undefined)
        if (!(await shown.holds(at))) await shown.make(at)
      },
    },
  }
}

/** R165: an operation nobody was told of in time does not start. */
function noticeAccepted({platform}: Work, {operation}: ProductionInput): Fact {
  const accepted = async () => (await operations(platform.ledger, {ids: [operation]}))[0]?.noticeAcceptedAt
  return {
    holds: async () => (await accepted()) !== undefined,
    make: async () => {
      throw new Refusal('calendar-needs', `The notice of operation ${operation} was not accepted for every contact.`, {
        remedies: [`selfhelp maintenance show ${operation}`, 'selfhelp notice list'],
      })
    },
  }
}

/** What was validated is what would be deployed, still; and the slot is not over. */
function gateHolds({platform, input}: Work, {until}: ProductionInput): Fact {
  let held = false
  return {
    holds: async () => held,
    make: async () => {
      const row = await migrationFor(platform.ledger, input.migration)
      await assertTurn(platform.ledger, row)
      await assertGate(platform, row, (row.detail.proposal as {waiver?: string} | undefined)?.waiver)
      if (Temporal.Instant.compare(platform.clock.now(), until) >= 0)
        throw new Refusal('migration-state', `The agreed slot of migration ${row.id} ended at ${until}.`, {
          remedies: [
            `selfhelp migration schedule ${row.id} --environment production --at TIME --users-informed --team-ready`,
          ],
        })
      held = true
    },
  }
}

/** Go or no-go: as long as there is time to go back before the announced end (R148). */
function inTime({platform, input}: Work, {until}: ProductionInput): Fact {
  const last = Temporal.Instant.from(until).subtract({minutes: minutesToGoBack})
  let held = false
  return {
    holds: async () => held,
    make: async at => {
      const now = platform.clock.now()
      if (Temporal.Instant.compare(now, last) > 0)
        throw failed(
          input,
          `it is ${now}, and after ${last} there is no time to go back before the announced end (R148).`,
        )
      at.tell('go: there is time to go back until the announced end')
      held = true
    },
  }
}

const minutesToGoBack = 15

function recorded({platform, input, kept}: Work, {operation}: ProductionInput): Fact {
  const {ledger, clock} = platform
  const id = input.migration
  return {
    holds: async at => {
      const row = await migrationFor(ledger, id)
      return row.state === 'done' && row.run === at.run
    },
    make: async at => {
      const seconds = closedSeconds((await kept.detail()).closed as Closed | undefined, at.run) ?? 0
      await ledger.transaction(async tx => {
        const detail = {closedSeconds: seconds}
        await changeMigration(tx, {id, from: ['production-running']}, {state: 'done', endedAt: clock.now(), detail})
        const about = {id: operation, state: 'done', at: clock.now(), closedSeconds: Math.ceil(seconds)} as const
        await settleOperation(tx, about)
      })
      at.tell(`people were kept out for ${seconds.toFixed(1)} s`)
    },
  }
}
