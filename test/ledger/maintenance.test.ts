import t from 'tap'
import {Temporal} from 'temporal-polyfill'
import {mayStartBy} from '../../src/calendar/may-start.ts'
import {putActivity} from '../../src/ledger/activity.ts'
import {events} from '../../src/ledger/event.ts'
import {deliveriesOf, notices} from '../../src/ledger/notice.ts'
import {schedules} from '../../src/ledger/schedule.ts'
import {cancel, finish, reschedule} from '../../src/maintenance/change.ts'
import {duePatches, readyToPatch} from '../../src/maintenance/due.ts'
import {listMaintenance, showBudgets} from '../../src/maintenance/list.ts'
import type {PatchInput} from '../../src/maintenance/patching.ts'
import {foreseen, type MaintenanceWanted, planMaintenance} from '../../src/maintenance/plan.ts'
import {maintenanceTend} from '../../src/maintenance/tend.ts'
import {freshLedger, type TestLedger} from '../support/ledger.ts'
import {memoryRun} from '../support/memory-run.ts'
import {inService} from '../support/platform.ts'
import {putSites} from '../support/tenant-world.ts'

t.setTimeout(300_000)

const at = (text: string) => Temporal.Instant.from(text)
const now = at('2026-11-20T09:00:00Z')
const wanted: MaintenanceWanted = {
  ...{environments: ['acme/production'], change: 'configuration', minutes: 40, what: 'other TLS policy'},
  ...{operator: 'ann@cmc.test', waiver: 'nothing to try it on'},
}

/** As when every server had accepted what is queued. */
async function delivered(ledger: TestLedger, when: Temporal.Instant): Promise<void> {
  await ledger.all`update delivery set state = 'accepted', accepted_at = ${when} where state = 'queued'`
}

t.test('what is planned is announced, starts when it was accepted in time, and counts as measured', async t => {
  const ledger = await freshLedger(t)
  await inService(ledger)
  const mayStart = mayStartBy({ledger, verify: async () => {}})
  await putActivity(
    ledger,
    Array.from({length: 96 * 7}, (_, n) => {
      const quarter = now.subtract({minutes: 15 * (n + 1)}).round({smallestUnit: 'minute', roundingIncrement: 15})
      return {environment: 'acme/production', quarter, requests: quarter.toString().includes('T02:') ? 1 : 30}
    }),
    now.subtract({hours: 24 * 35}),
  )
  const {items, from, because, plan} = await planMaintenance(ledger, now, wanted)
  t.equal(from.toString(), '2026-11-24T02:00:00Z')
  t.match(because, /fewest requests: 3 expected/)
  t.match(await listMaintenance(ledger, now, {all: false}), {items: [{id: items[0]?.id, plan, state: 'planned'}]})
  await t.rejects(mayStart('configuration', ['acme/production'], from), {code: 'calendar-needs', message: /avis/})
  await delivered(ledger, now.add({minutes: 3}))
  await mayStart('configuration', ['acme/production'], from)
  await finish(ledger, from.add({minutes: 20}), {id: items[0]?.id ?? '', closedSeconds: 90})
  t.match(await showBudgets(ledger, from, {}), {items: [{environment: 'acme/production', month: '2026-11', used: 2}]})
  const [last] = await notices(ledger, {limit: 1, tenant: 'acme'})
  t.equal(last?.kind, 'maintenance-done')
})

t.test('a time by day, one too soon and one beyond the budget are refused, and nothing is planned', async t => {
  const ledger = await freshLedger(t)
  await inService(ledger)
  const on = (text: string, minutes = 40) => planMaintenance(ledger, now, {...wanted, at: at(text), minutes})
  await t.rejects(on('2026-11-24T14:00:00Z'), {code: 'calendar-refused', message: /22:00 à 06:00/})
  await t.rejects(on('2026-11-22T22:00:00Z'), {code: 'calendar-needs', message: /72 h/})
  await t.rejects(on('2026-11-24T22:00:00Z', 130), {code: 'calendar-needs', message: /2 h promises/})
  await t.rejects(on('2026-11-24T22:00:00Z', 190), {code: 'calendar-refused'})
  await t.rejects(planMaintenance(ledger, now, {...wanted, environments: ['x/test']}), {code: 'not-found'})
  t.strictSame(await listMaintenance(ledger, now, {all: true}), {items: []})
  t.strictSame(await notices(ledger, {limit: 9}), [])
  t.match(await foreseen(ledger, now, wanted), {
    because: /nothing was observed/,
    items: [{decision: {verdict: 'allowed'}}],
  })
})

t.test('another date is announced anew, and the earlier notice is void; a cancellation is told', async t => {
  const ledger = await freshLedger(t)
  await inService(ledger)
  const mayStart = mayStartBy({ledger, verify: async () => {}})
  const {items} = await planMaintenance(ledger, now, {...wanted, at: at('2026-11-24T22:00:00Z')})
  const id = items[0]?.id ?? ''
  await delivered(ledger, now)
  const by = 'ann@cmc.test'
  await t.rejects(reschedule(ledger, now, {id, at: at('2026-11-25T12:00:00Z'), by}), {code: 'calendar-refused'})
  const moved = await reschedule(ledger, now, {id, at: at('2026-11-25T22:00:00Z'), by})
  t.match(moved, {state: 'planned', noticeAcceptedAt: undefined})
  await t.rejects(mayStart('configuration', ['acme/production'], at('2026-11-24T22:00:00Z')), {code: 'calendar-needs'})
  await t.rejects(mayStart('configuration', ['acme/production'], moved.from), {code: 'calendar-needs'})
  await delivered(ledger, now)
  await mayStart('configuration', ['acme/production'], moved.from)
  await cancel(ledger, now, {id, why: 'withdrawn by its maker'})
  await t.rejects(cancel(ledger, now, {id, why: 'again'}), {code: 'operation-over'})
  await t.rejects(mayStart('configuration', ['acme/production'], moved.from), {code: 'calendar-needs'})
  const all = await notices(ledger, {limit: 9})
  t.strictSame(
    new Set(all.map(({kind}) => kind)),
    new Set(['maintenance-planned', 'maintenance-moved', 'maintenance-cancelled']),
  )
  const cancelled = all.find(({kind}) => kind === 'maintenance-cancelled')
  const [copy] = await deliveriesOf(ledger, [cancelled?.id ?? ''])
  t.match(copy, {state: 'queued', body: /withdrawn by its maker/, invitation: /METHOD:CANCEL\r\n[\s\S]*SEQUENCE:1\r\n/})
})

t.test('patches of a host begin in their slot; what the calendar does not let begin is a finding', async t => {
  const ledger = await freshLedger(t)
  await putSites(ledger)
  await inService(ledger)
  const own = {...wanted, change: 'os-patch', host: 'north-1'} as const
  const {items, from} = await planMaintenance(ledger, now, own)
  const id = items[0]?.id ?? ''
  t.match(await schedules(ledger), [{name: 'maintenance-tend', runbook: 'maintenance-tend'}])
  await t.rejects(readyToPatch(ledger, now, id), {code: 'calendar-refused', message: /not yet/})
  t.strictSame(await duePatches(ledger, now), [])
  const input = {host: 'north-1', operations: [id], environments: [{name: 'acme/production'}], securityOnly: false}
  t.match(await readyToPatch(ledger, from, id), input)
  const clock = {now: () => from, sleep: async () => {}}
  const mayStart = mayStartBy({ledger, verify: async () => {}})
  const queued: PatchInput[] = []
  const enqueue = async (asked: PatchInput) => {
    await mayStart('os-patch', ['acme/production'], from)
    queued.push(asked)
  }
  const tend = () => memoryRun().follow(maintenanceTend({ledger, clock, enqueue}).steps({}))
  await tend()
  t.match(
    await events(ledger, {open: true, limit: 9}),
    [{kind: 'maintenance-not-begun', subject: id}],
    'nobody was told',
  )
  await delivered(ledger, now.add({minutes: 3}))
  await tend()
  t.match(queued, [input])
  t.strictSame(await events(ledger, {open: true, limit: 9}), [])
  const other = await planMaintenance(ledger, now, {...wanted, at: from.add({hours: 24})})
  const plain = other.items[0]?.id ?? ''
  await t.rejects(readyToPatch(ledger, from, plain), {code: 'input-invalid', message: /of no host/})
})
