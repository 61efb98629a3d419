import {mkdtempSync, readdirSync, readFileSync, rmSync, statSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import t from 'tap'
import {systemClock} from '../../src/clock.ts'
import {type InitInput, init} from '../../src/init/init.ts'
import {openLedger} from '../../src/ledger/open.ts'
import {placeOf} from '../../src/ledger/place.ts'
import {stopPrivate} from '../../src/ledger/private.ts'

const env = {PATH: process.env.PATH, XDG_RUNTIME_DIR: process.env.XDG_RUNTIME_DIR}

t.test('init', async t => {
  const home = mkdtempSync(join(tmpdir(), 'selfhelp-init-'))
  const input: InitInput = {
    home,
    env,
    clock: systemClock,
    baseDomain: undefined,
    operator: 'jane@cmc.test',
    operatorKey: undefined,
    recoveryKeys: [],
  }
  t.teardown(async () => {
    await stopPrivate(placeOf(home, env))
    rmSync(home, {recursive: true})
  })

  await t.test('any number at once make one control plane', async t => {
    const results = await Promise.all(Array.from({length: 20}, () => init(input)))
    t.equal(results.filter(({changed}) => changed).length, 1)
    t.match(results, Array(20).fill({operator: 'jane@cmc.test', baseDomain: 'ezvsaas.test'}))
  })

  await t.test('leaves secrets to their owner only, and locks, which others could hold', async t => {
    const open = readdirSync(home).filter(file => (statSync(join(home, file)).mode & 0o077) !== 0)
    const known = ['ca.pem', 'control-plane.pub', 'journal.pub.pem', 'machine-key.pub', 'operator-key.pub']
    t.same(open.toSorted(), known, 'what is public')
    for (const file of ['key-encryption-key', 'operator-key', 'machine-key', 'postgres.log'])
      t.equal(statSync(join(home, file)).mode & 0o777, 0o600, file)
    t.equal(statSync(join(home, 'postgres')).mode & 0o777, 0o700)
    t.notMatch(readFileSync(join(home, 'control-plane.pub'), 'utf8'), 'PRIVATE')
  })

  await t.test('is in the journal once, signed', async t => {
    const ledger = await openLedger({home, env})
    const rows = await ledger.all`select sequence, operator, subject, result, signature from journal`
    t.match(rows, [
      {sequence: 1, operator: 'jane@cmc.test', subject: 'ledger', result: 'done', signature: /SSH SIGNATURE/},
    ])
    t.equal(rows.length, 1)
    await ledger.close()
  })

  await t.test('changes neither base domain nor first operator, and says so', async t => {
    await t.rejects(init({...input, baseDomain: 'other.test'}), {code: 'base-domain-fixed', exit: 3})
    await t.rejects(init({...input, operator: 'joe@cmc.test'}), {code: 'operator-exists', exit: 3})
    t.match(await init({...input, operator: undefined}), {operator: 'jane@cmc.test', changed: false})
  })

  await t.test('makes no new key while secrets wait for the old one', async t => {
    const elsewhere = {...input, env: {...env, SELFHELP_KEY_FILE: join(home, 'other-key')}}
    await t.rejects(init(elsewhere), {code: 'secret-key-missing', exit: 3})
  })
})
