import {Temporal} from 'temporal-polyfill'
import type {Clock} from '../clock.ts'
import {Refusal} from '../error.ts'
import {noteFinding, settleFinding} from '../event/steps.ts'
import type {Ledger} from '../ledger/ledger.ts'
import {migrationsSince} from '../ledger/migration.ts'
import {enqueueNotice} from '../notice/steps.ts'
import type {Runbook} from '../runbook/model.ts'
import {type Fact, runbook, step} from '../runbook/step.ts'
import type {BannerInput} from './banner.ts'
import {placesOf} from './known.ts'
import type {MigrationRow, Tried} from './model.ts'

export interface Tending {
  readonly ledger: Ledger
  readonly clock: Clock
  /** Leaves a run to a worker. */
  enqueue(input: BannerInput): Promise<void>
}

/** What time brings about in a migration, and nobody types. */
export function migrationTend(tending: Tending): Runbook<object> {
  const {ledger, clock} = tending
  const each = (look: (row: MigrationRow) => Promise<void>) =>
    once(async at => {
      for (const row of await migrationsSince(ledger, clock.now().subtract({hours: 48})))
        await look(row).catch(thrown => {
          // What refuses one migration keeps nobody from the others: the next look asks again.
          if (!(thrown instanceof Refusal)) throw thrown
          at.tell(`${row.id} of ${row.tenant}: ${thrown.message}`)
        })
    })
  return runbook<object>({
    id: 'migration-tend',
    bySchedule: true,
    change: 'provision',
    title: () => 'tend to migrations',
    subject: () => 'migrations',
    tenant: () => undefined,
    environments: () => [],
    locks: () => ['migration:tend'],
    steps: () => [
      step(
        'pages-are-queued-to-say-so',
        each(row => banner(tending, row)),
      ),
      step(
        'who-validates-is-reminded',
        each(row => reminder(tending, row)),
      ),
      step(
        'what-takes-too-long-is-a-finding',
        each(row => late(tending, row)),
      ),
    ],
  })
}

/** What of a banner is due: shown from the agreement on, gone when nothing is planned any more (R149). */
function bannerDue({state, untilAt, fromAt, detail}: MigrationRow): BannerInput['slot'] | undefined {
  const shown = detail.bannerShown as string | undefined
  if (state === 'production-planned' && fromAt && untilAt)
    return shown === untilAt.toString() ? undefined : {from: `${fromAt}`, until: `${untilAt}`}
  const stays = ['production-running', 'done', 'rolling-back', 'rolled-back']
  return shown === undefined || stays.includes(state) ? undefined : null
}

async function banner({ledger, enqueue}: Tending, row: MigrationRow): Promise<void> {
  const slot = bannerDue(row)
  if (slot === undefined) return
  const {production} = await placesOf(ledger, row.tenant)
  await enqueue({migration: row.id, tenant: row.tenant, id: production.id, slot})
}

/** Validating takes as long as it takes (R142); after so many days, and again, the contacts are asked how far they are. */
async function reminder({ledger, clock}: Tending, row: MigrationRow): Promise<void> {
  const {id, tenant, version, state, detail} = row
  const tried = detail.tried as Tried | undefined
  const days = (detail.remindDays as number | undefined) ?? 7
  if (state !== 'awaiting-validation' || tried === undefined || days === 0) return
  const now = clock.now()
  const times = Math.floor(now.since(Temporal.Instant.from(tried.at)).total('hours') / 24 / days)
  if (times < 1) return
  const about = {kind: 'migration-reminder', tenant, environment: `${tenant}/qualification`, what: version} as const
  const roles = ['operations', 'decision']
  await ledger.transaction(tx => {
    const event = `migration/${id}/${tried.run}/reminder/${times}`
    return enqueueNotice(tx, {...about, roles, event}, now)
  })
}

/** Announced for 4 hours at most: what is still closed after the announced end is an incident (R148). */
async function late({ledger, clock}: Tending, row: MigrationRow): Promise<void> {
  const {id, tenant, state, untilAt, run} = row
  const finding = {kind: 'incident-migration-late', subject: `${tenant}/production`} as const
  const running = state === 'production-running' || state === 'rolling-back'
  const over = untilAt && Temporal.Instant.compare(clock.now(), untilAt) > 0
  if (!running || !over) return void (await settleFinding(ledger, finding, clock.now()))
  const remedy = `selfhelp run show ${run}; going back: selfhelp run abandon ${run}`
  await noteFinding(ledger, {...finding, tenant, remedy, detail: {migration: id, until: `${untilAt}`}}, clock.now())
}

/** A look at everything: each run looks for itself. */
function once(make: Fact['make']): Fact {
  let made = false
  return {
    holds: async () => made,
    make: async at => {
      await make(at)
      made = true
    },
  }
}
