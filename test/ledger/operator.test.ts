import t from 'tap'
import {Temporal} from 'temporal-polyfill'
import {addOperator, operator, operatorByKey, operators, retireOperator} from '../../src/ledger/operator.ts'
import {deleteSetting, putSetting, setting} from '../../src/ledger/setting.ts'
import {freshLedger} from '../support/ledger.ts'

const jane = {email: 'jane@cmc.test', role: 'cmc', publicKey: 'ssh-ed25519 AAAA'} as const

t.test('operators stay on record when they retire', async t => {
  const ledger = await freshLedger(t)
  t.ok(await addOperator(ledger, jane))
  t.notOk(await addOperator(ledger, {...jane, email: 'joe@cmc.test'}), 'one key is one operator')
  await retireOperator(ledger, jane.email, Temporal.Instant.from('2026-11-22T12:00:00.25Z'))
  const found = await operatorByKey(ledger, jane.publicKey)
  t.match(found, {...jane})
  t.equal(found?.retiredAt?.toString(), '2026-11-22T12:00:00.25Z')
  t.equal((await operators(ledger)).length, 1)
  t.equal(await operator(ledger, 'nobody@cmc.test'), undefined)
})

t.test('what init settled stays so, whoever has the rights of the application', async t => {
  const ledger = await freshLedger(t)
  await putSetting(ledger, 'base-domain', 'ezvsaas.test')
  await putSetting(ledger, 'ca-certificate', 'ours')
  await putSetting(ledger, 'ca-certificate', 'ours')
  await t.rejects(putSetting(ledger, 'ca-certificate', 'theirs'), {code: '23001', message: /settled by init/})
  await t.rejects(ledger.all`update setting set name = 'x' where name = 'ca-certificate'`, {code: '23001'})
  await t.rejects(deleteSetting(ledger, 'base-domain'), {code: '23001'})
  t.equal(await setting(ledger, 'ca-certificate'), 'ours')
})

t.test('a setting keeps its last value', async t => {
  const ledger = await freshLedger(t)
  t.equal(await setting(ledger, 'tls-policy'), undefined)
  await putSetting(ledger, 'tls-policy', 'intermediate')
  await putSetting(ledger, 'tls-policy', 'modern')
  t.equal(await setting(ledger, 'tls-policy'), 'modern')
})

t.test('a transaction leaves nothing when it fails, and rows stream in blocks', async t => {
  const ledger = await freshLedger(t)
  await t.rejects(
    ledger.transaction(async tx => {
      await addOperator(tx, jane)
      throw new Error('no')
    }),
  )
  t.equal((await operators(ledger)).length, 0)
  let sum = 0
  for await (const rows of ledger.stream<{n: number}>`select n from generate_series(1, ${5000}::bigint) n`)
    for (const {n} of rows) sum += n
  t.equal(sum, 12_502_500)
})
