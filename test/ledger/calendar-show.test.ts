import t from 'tap'
import {Temporal} from 'temporal-polyfill'
import {calendarView} from '../../src/calendar/draw.ts'
import {addFreeze} from '../../src/calendar/freezing.ts'
import {calendarIcs, calendarPage} from '../../src/calendar/page.ts'
import {showCalendar} from '../../src/calendar/show.ts'
import {planMaintenance} from '../../src/maintenance/plan.ts'
import {show} from '../../src/terminal/view.ts'
import {freshLedger} from '../support/ledger.ts'
import {inService} from '../support/platform.ts'
import {written} from '../support/streams.ts'

t.setTimeout(300_000)

const at = (text: string) => Temporal.Instant.from(text)
const now = at('2026-11-20T09:00:00Z')

t.test(
  'a month and a year show freezes, maintenance, notices and the budget, drawn, as a page and as a file',
  async t => {
    const ledger = await freshLedger(t)
    await inService(ledger)
    const why = 'Black <Friday>, closing; of the year'
    const span = {from: at('2026-11-25T23:00:00Z'), until: at('2026-11-29T23:00:00Z'), operator: 'ann@cmc.test'}
    await addFreeze(ledger, now, {...span, tenant: 'acme', why, by: 'jdoe'})
    const planned = {environments: ['acme/production'], change: 'scale', minutes: 40, what: 'scale'} as const
    const {items} = await planMaintenance(ledger, now, {
      ...planned,
      at: at('2026-11-24T22:00:00Z'),
      operator: 'ann@cmc.test',
    })
    const id = items[0]?.id

    const month = await showCalendar(ledger, now, {scope: {tenant: 'acme'}, period: '2026-11'})
    const out = written(100)
    show(calendarView(month), out, now)
    t.match(
      out.text,
      /16 {8}17 {8}18 {8}19 {8}20 ✉ {6}21 {8}22\n23 {8}24 ● {6}25 {8}26 ▒ {6}27 ▒ {6}28 ▒ {6}29 ▒\n30\n/,
    )
    t.match(out.text, '2026-11 acme/production ████░░░░░░░░░░░░░░░░ 40 of 120 min, 180 at the most')

    const year = await showCalendar(ledger, now, {scope: {environment: 'acme/production'}, period: '2026'})
    t.strictSame(
      year.entries.filter(({kind}) => kind === 'freeze').map(({from}) => from.toString()),
      ['2025-12-21T23:00:00Z', '2026-11-25T23:00:00Z', '2026-12-27T23:00:00Z'],
    )
    const page = calendarPage(year)
    t.match(page, '<td class="maintenance">24</td>')
    t.match(page, 'Black &lt;Friday&gt;, closing; of the year')

    const file = calendarIcs(year, now)
    t.match(
      file,
      `UID:${id}@selfhelp\r\nSEQUENCE:0\r\nDTSTAMP:20261120T090000Z\r\nDTSTART:20261124T220000Z\r\nDTEND:20261124T224000Z\r\n`,
    )
    t.match(file, 'SUMMARY:acme: Black <Friday>\\, closing\\; of the year')
    t.equal(
      file.split('\r\n').every(line => Buffer.byteLength(line) <= 75),
      true,
    )
    const all = await showCalendar(ledger, now, {scope: {}, period: '2026'})
    t.equal(all.entries.length, year.entries.length)
    await t.rejects(showCalendar(ledger, now, {scope: {tenant: 'nobody'}, period: '2026'}), {code: 'not-found'})
    await t.rejects(showCalendar(ledger, now, {scope: {}, period: '2026-13'}), {code: 'input-invalid'})
  },
)

t.test('what is not in service has no freeze', async t => {
  const ledger = await freshLedger(t)
  await inService(ledger)
  const qualification = await showCalendar(ledger, now, {scope: {environment: 'acme/qualification'}, period: '2026-12'})
  t.strictSame(qualification.entries, [])
})
