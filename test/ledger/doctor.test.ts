import t from 'tap'
import type {Patient} from '../../src/doctor/model.ts'
import {ledgerBackups} from '../../src/doctor/promises.ts'
import {putSetting} from '../../src/ledger/setting.ts'
import {freshLedger} from '../support/ledger.ts'
import {leapingClock} from '../support/memory-run.ts'

t.test('a ledger that was not brought to another host for long is told, and what to type', async t => {
  const ledger = await freshLedger(t)
  const clock = leapingClock('2026-11-22T12:00:00Z')
  const asked = (env = {}) => ledgerBackups.run({ledger, clock, env} as unknown as Patient)
  t.match(await asked(), [{state: 'warning', found: 'never brought to another host', remedy: /--to HOST/}])
  const arrived = (at: string) =>
    putSetting(ledger, 'ledger-backup', {host: 'south-1', folder: '/there', arrivedAt: `2026-11-22T${at}:00Z`})
  await arrived('11:45')
  t.match(await asked(), [{state: 'fine'}])
  await arrived('11:29')
  t.match(await asked(), [{state: 'difference', found: '31 min old on south-1', remedy: /selfhelp ledger backup/}])
  t.strictSame(await asked({SELFHELP_DATABASE_URL: 'postgresql://elsewhere'}), [], 'whoever runs it backs it up')
})
