import t from 'tap'
import {Temporal} from 'temporal-polyfill'
import {noteFinding, reportFindings, settleFinding} from '../../src/event/steps.ts'
import {events} from '../../src/ledger/event.ts'
import {freshLedger} from '../support/ledger.ts'

const at = (time: string) => Temporal.Instant.from(`2026-11-22T${time}Z`)
const late = {kind: 'backup-late', subject: 'acme/production', remedy: 'selfhelp backup take acme/production'}

t.test('a finding is one open event however often it is seen, until it is settled', async t => {
  const ledger = await freshLedger(t)
  await noteFinding(ledger, late, at('10:00:00'))
  const again = await noteFinding(ledger, {...late, detail: {hours: 2}}, at('11:00:00'))
  t.equal(`${again.firstSeen}`, '2026-11-22T10:00:00Z')
  t.equal(`${again.lastSeen}`, '2026-11-22T11:00:00Z')
  t.strictSame(again.detail, {hours: 2})
  t.equal((await events(ledger, {open: true, limit: 9})).length, 1)
  t.ok(await settleFinding(ledger, late, at('12:00:00')))
  t.notOk(await settleFinding(ledger, late, at('12:00:01')), 'it is settled once')
  t.strictSame(await events(ledger, {open: true, limit: 9}), [])
  await noteFinding(ledger, late, at('13:00:00'))
  t.equal((await events(ledger, {open: false, limit: 9})).length, 2, 'found again it is another event')
})

t.test('a look opens what it finds and settles the rest of its kinds, and nothing else', async t => {
  const ledger = await freshLedger(t)
  const gap = {...late, kind: 'backup-gap'}
  await noteFinding(ledger, {...late, kind: 'drift'}, at('10:00:00'))
  await reportFindings(
    ledger,
    {subject: late.subject, kinds: ['backup-late', 'backup-gap'], found: [late, gap]},
    at('10:00:00'),
  )
  await reportFindings(
    ledger,
    {subject: late.subject, kinds: ['backup-late', 'backup-gap'], found: [gap]},
    at('11:00:00'),
  )
  const open = (await events(ledger, {open: true, limit: 9})).map(({kind}) => kind)
  t.strictSame(open.sort(), ['backup-gap', 'drift'])
})
