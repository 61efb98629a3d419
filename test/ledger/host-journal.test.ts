import t from 'tap'
import {systemClock} from '../../src/clock.ts'
import {changesInJournal} from '../../src/host/journaled.ts'
import {listJournal} from '../../src/journal/list.ts'
import {insertRun} from '../../src/ledger/run.ts'
import {freshLedger} from '../support/ledger.ts'

const run = {
  ...{id: 'r1', runbook: 'host-apply', title: 'apply', change: 'host', input: {}, inputHash: 'x', subject: 'north-1'},
  ...{
    tenant: 'acme',
    environments: [],
    locks: [],
    operator: 'jane@cmc.test',
    reason: 'ordered',
    request: {},
    signature: '',
  },
  executor: undefined,
}
const fence = {lock: 'host:north-1', run: 'r1', epoch: 7}
const doing = {host: 'north-1', fence, changes: ['file /etc/motd: create'], planHash: 'ab'}

t.test('what is about to be done to a host is in the journal, in the name of who asked for the run', async t => {
  const ledger = await freshLedger(t)
  await insertRun(ledger, run)
  await changesInJournal(ledger, systemClock)(doing)
  const {items} = await listJournal(ledger, {limit: 9})
  const about = {kind: 'host', subject: 'north-1', tenant: 'acme', run: 'r1', operator: 'jane@cmc.test', planHash: 'ab'}
  t.match(items, [{...about, reason: 'ordered', result: 'changing', body: {changes: doing.changes, epoch: 7}}])
})

t.test('a change of no run is not done', async t => {
  const ledger = await freshLedger(t)
  await t.rejects(changesInJournal(ledger, systemClock)(doing), {code: 'not-found'})
})
