import {mayRun} from '../src/calendar/decide.ts'
import {changeTypes} from '../src/calendar/model.ts'
import {wordsOf} from '../src/calendar/sentence.ts'
import {showCalendar} from '../src/calendar/show.ts'
import type {connectLedger} from '../src/ledger/connect.ts'
import {at, ground} from '../test/calendar/ground.ts'
import {freshLedger} from '../test/support/ledger.ts'
import {type Compared, within} from './pairs.ts'

const decisions = 50_000
const tenants = 1000

/** 50,000 decisions a second over all types and hours, sentences of refusals included; the year of 1,000 tenants in two seconds. */
export async function calendar({pairs}: {pairs: number}): Promise<readonly Compared[]> {
  const ends: (() => unknown)[] = []
  try {
    const ledger = await manyTenants({teardown: end => void ends.push(end as () => unknown)})
    const decide = {name: 'mayRun', run: async () => timed(() => decideMany())}
    const year = {name: 'calendar', run: async () => timed(() => yearOf(ledger))}
    return [
      await within({name: `${decisions} decisions`, ours: decide, atMost: 1000, times: pairs}),
      await within({name: `a year of ${tenants} tenants`, ours: year, atMost: 2000, times: pairs}),
    ]
  } finally {
    for (const end of ends) await end()
  }
}

function decideMany(): void {
  const facts = ground()
  const words = wordsOf(facts)
  const from = at('2026-11-05 00:00')
  for (let n = 0; n < decisions; n++) {
    const change = changeTypes[n % changeTypes.length] ?? 'scale'
    mayRun({change, environment: 'acme/production', at: from + n * 613_000, minutes: 40}, facts, words)
  }
}

type Bench = Awaited<ReturnType<typeof connectLedger>>

async function yearOf(ledger: Bench): Promise<void> {
  const now = (await import('temporal-polyfill')).Temporal.Instant.fromEpochMilliseconds(at('2026-11-20 10:00'))
  const {budgets} = await showCalendar(ledger, now, {scope: {}, period: '2026'})
  if (budgets.length < tenants) throw new Error(`the calendar shows ${budgets.length} months of maintenance`)
}

/** Tenants in many zones, each with two environments, and maintenance in twelve months of production. */
async function manyTenants(t: Parameters<typeof freshLedger>[0]): Promise<Bench> {
  const {owner} = await freshLedger(t)
  const zones = Intl.supportedValuesOf('timeZone').filter((_, n) => n % 10 === 0)
  await owner.all`
    insert into tenant (name, legal_name, locale, time_zone, contract)
    select 'tenant-' || n, 'T', 'fr', (${zones}::text[])[1 + n % ${zones.length}::int], '{}'
    from generate_series(1, ${tenants}::int) n`
  await owner.all`
    insert into environment (id, tenant, name, phase, version, topology)
    select 'e' || translate(substr(md5(tenant.name || e), 1, 6), '0189', 'zyxw'), tenant.name, e, 'production', '0.1.0', 'single'
    from tenant, unnest(array['production', 'qualification']) e`
  await owner.all`
    insert into operation (id, plan, environment, change, title, state, from_at, until_at, operator, planned_at)
    select 'm' || id || n, 'p', id, 'scale', 't', 'planned', day + interval '22 hours', day + interval '23 hours', 'x', day
    from environment, generate_series(0, 11) n, lateral (select timestamptz '2026-01-13' + n * interval '1 month' as day) d
    where name = 'production'`
  return owner
}

async function timed(work: () => unknown): Promise<number> {
  const began = performance.now()
  await work()
  return performance.now() - began
}
