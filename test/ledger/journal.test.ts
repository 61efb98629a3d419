import t from 'tap'
import {Temporal} from 'temporal-polyfill'
import {append, beginning, type Entry, hashOf} from '../../src/ledger/journal.ts'
import {Secret} from '../../src/secret/secret.ts'
import {freshLedger} from '../support/ledger.ts'

const entry: Entry = {
  at: Temporal.Instant.from('2026-11-22T12:00:00.123456789Z'),
  kind: 'command',
  subject: 'acme',
  operator: 'jane@cmc.test',
  account: 'root',
  machine: 'cmc-1',
  result: 'done',
  body: {z: 1, a: {password: new Secret('x')}},
}

t.test('entries are linked in the ledger and in their tenant', async t => {
  const ledger = await freshLedger(t)
  const first = await append(ledger, {...entry, tenant: 'acme'})
  const other = await append(ledger, {...entry, tenant: 'globex'})
  const second = await append(ledger, {...entry, tenant: 'acme'})
  const general = await append(ledger, entry)
  t.match(first, {sequence: 1, previous: beginning, previousOfTenant: beginning, at: '2026-11-22T12:00:00.123456Z'})
  t.match(other, {sequence: 2, previous: first.hash, previousOfTenant: beginning})
  t.match(second, {sequence: 3, previous: other.hash, previousOfTenant: first.hash})
  t.match(general, {sequence: 4, previous: second.hash, previousOfTenant: undefined})
  t.equal(first.hash, hashOf(first))
  t.same(first.body, {z: 1, a: {password: '***'}})
})

t.test('any number append at once, and no link is lost', async t => {
  const ledger = await freshLedger(t)
  await Promise.all(Array.from({length: 60}, (_, n) => append(ledger, {...entry, tenant: `t${n % 3}`})))
  const rows = await ledger.all<{sequence: number; ok: boolean}>`
    select sequence, previous = lag(hash, 1, decode(${beginning}, 'hex')) over (order by sequence) as ok from journal`
  t.same(
    rows.map(row => row.sequence).sort((a, b) => a - b),
    Array.from({length: 60}, (_, n) => n + 1),
  )
  t.ok(rows.every(row => row.ok))
})

t.test('an entry stands or falls with the transaction it belongs to', async t => {
  const ledger = await freshLedger(t)
  await t.rejects(
    ledger.transaction(async tx => {
      await append(tx, entry)
      throw new Error('no')
    }),
  )
  t.match(await append(ledger, entry), {sequence: 1})
})
