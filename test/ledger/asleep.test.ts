import {setTimeout as sleep} from 'node:timers/promises'
import t from 'tap'
import {systemClock} from '../../src/clock.ts'
import {append, type Entry} from '../../src/ledger/journal.ts'
import {freshLedger} from '../support/ledger.ts'

const entry: Entry = {
  ...{at: systemClock.now(), kind: 'command', subject: 'acme', operator: 'jane@cmc.test'},
  ...{account: 'root', machine: 'cmc-1', result: 'done', body: {}},
}

t.test('who falls asleep in the middle of a transaction keeps nobody else from the journal', async t => {
  const ledger = await freshLedger(t)
  const asleep = ledger.transaction(async tx => {
    const [told] = await tx.all<{after: string}>`select current_setting('idle_in_transaction_session_timeout') as after`
    t.match(told, {after: '20s'}, 'before a heartbeat of its own would count as over')
    await append(tx, {...entry, result: 'half'})
    const [me] = await tx.all<{pid: number}>`select pg_backend_pid() as pid`
    // The last thing it says before it falls asleep.
    await tx.all`select set_config('idle_in_transaction_session_timeout', '200ms', true)`
    const there = () => ledger.one`select from pg_stat_activity where pid = ${me?.pid}`
    while (await there()) await sleep(20)
    t.match(await append(ledger, entry), {sequence: 1}, 'somebody else writes')
    await append(tx, {...entry, result: 'late'})
  })
  await t.rejects(asleep, {code: 'ledger-unreachable', exit: 4}, 'when it wakes it is an outside failure')
  t.match(await ledger.all`select result from journal`, [{result: 'done'}])
  t.match(await ledger.transaction(tx => append(tx, entry)), {sequence: 2}, 'and it can go on')
})
