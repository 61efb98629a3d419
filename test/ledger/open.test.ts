import {mkdtempSync, readFileSync, rmSync, statSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import t from 'tap'
import {createLedger} from '../../src/ledger/create.ts'
import {openLedger} from '../../src/ledger/open.ts'
import {placeOf} from '../../src/ledger/place.ts'
import {postmasterOf, stopPrivate} from '../../src/ledger/private.ts'

const env = {XDG_RUNTIME_DIR: process.env.XDG_RUNTIME_DIR}

t.test('a private ledger', async t => {
  const home = mkdtempSync(join(tmpdir(), 'selfhelp-open-'))
  const place = placeOf(home, env)
  t.teardown(async () => {
    await stopPrivate(place)
    rmSync(home, {recursive: true})
  })

  await t.test('is refused before it was made, naming the command', async t => {
    await t.rejects(openLedger({home, env}), {code: 'ledger-missing', remedies: ['selfhelp init']})
  })

  await t.test('twenty inits at once all succeed, and make one', async t => {
    const ledgers = await Promise.all(Array.from({length: 20}, () => createLedger({home, env})))
    const ids = await Promise.all(
      ledgers.map(each => each.one<{id: string}>`select system_identifier::text as id from pg_control_system()`),
    )
    t.equal(new Set(ids.map(each => each?.id)).size, 1)
    const [first] = ledgers
    if (first) t.match(await first.all`select name from pgmigrations`, [{name: '0001_base'}])
    for (const each of ledgers) await each.close()
  })

  await t.test('is adopted when it runs', async t => {
    const before = postmasterOf(place)
    const ledger = await openLedger({home, env})
    await ledger.close()
    t.ok(before)
    t.equal(postmasterOf(place), before)
  })

  await t.test('listens on its socket only, below 100 bytes, as an account of its own that owns its data', async t => {
    const ledger = await openLedger({home, env})
    const settings = await ledger.one<{tcp: string}>`select current_setting('listen_addresses') tcp`
    await ledger.close()
    t.same(settings, {tcp: ''})
    t.ok(Buffer.byteLength(join(place.socket, '.s.PGSQL.5432')) < 100)
    t.equal(statSync(place.socket).mode & 0o777, 0o700)
    const rules = readFileSync(join(place.data, 'pg_hba.conf'), 'utf8').split('\n')
    for (const rule of rules.filter(line => /^[a-z]/.test(line))) t.match(rule, /^local .* peer/, rule)
    const uid = Number(/^Uid:\s+(\d+)/m.exec(readFileSync(`/proc/${postmasterOf(place)}/status`, 'utf8'))?.[1])
    t.equal(uid, statSync(place.data).uid)
    if (process.getuid?.() === 0) t.not(uid, 0, 'never as root')
  })

  await t.test('is started again when it died', async t => {
    process.kill(postmasterOf(place) ?? 0, 'SIGKILL')
    const ledger = await openLedger({home, env})
    t.match(await ledger.one`select 1 as one`, {one: 1})
    await ledger.close()
  })

  await t.test('is started again when its socket was removed, and never runs twice', async t => {
    const before = postmasterOf(place)
    rmSync(place.socket, {recursive: true})
    const both = await Promise.all([openLedger({home, env}), openLedger({home, env})])
    t.notSame(postmasterOf(place), before)
    for (const each of both) await each.close()
  })

  await t.test('lets the application add to the journal and read it, nothing else', async t => {
    const ledger = await openLedger({home, env})
    for (const attempt of [
      () => ledger.all`update journal set result = 'x'`,
      () => ledger.all`delete from journal`,
      () => ledger.all`truncate journal`,
      () => ledger.all`drop table journal`,
      () => ledger.all`insert into pgmigrations (name, run_on) values ('x', now())`,
    ])
      await t.rejects(attempt, {code: '42501'})
    await ledger.close()
  })

  await t.test('of a newer selfhelp is refused with what to do', async t => {
    const {connectLedger} = await import('../../src/ledger/connect.ts')
    const owner = await connectLedger({kind: 'private', place, database: 'selfhelp'}, 'owner')
    await owner.all`insert into pgmigrations (name, run_on) values ('9999_tomorrow', now())`
    await t.rejects(openLedger({home, env}), {code: 'ledger-too-new', facts: {unknown: ['9999_tomorrow']}})
    await owner.all`delete from pgmigrations where name = '9999_tomorrow'`
    await owner.close()
  })

  await t.test('stops when asked', async t => {
    t.equal(await stopPrivate(place), 'stopped')
    t.equal(await stopPrivate(place), 'was-stopped')
    t.equal(postmasterOf(place), undefined)
  })
})
