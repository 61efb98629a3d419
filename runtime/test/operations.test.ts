import {statSync, writeFileSync} from 'node:fs'
import {createServer} from 'node:net'
import {setTimeout} from 'node:timers/promises'
import t from 'tap'
import type {Database} from '../src/config.ts'
import {sql, startPostgres, withoutDatabase} from './support/database.ts'
import {type Running, runCommand, startCommand, startRuntime, until, writeConfig} from './support/runtime.ts'

// A busy machine starts a process in a second, and each story starts its own.
t.setTimeout(120_000)

t.test('operations', {skip: withoutDatabase}, async t => {
  const newDatabase = await startPostgres(t)

  t.test('health answers, readiness says why not', async t => {
    const database = await newDatabase()
    const runtime = await startRuntime(t, {role: 'presentation', database, migrated: false})
    t.same(await json(runtime, '/healthz'), {ok: true})
    t.match(await json(runtime, '/version'), {version: '0.1.0-dev', schemaLevel: 1})
    const before = await runtime.get('/readyz')
    t.equal(before.status, 503)
    t.match(await before.json(), {ready: false, reasons: [{code: 'schema-level', found: 0, expected: 1}]})
    t.equal(runCommand(['migrate', '--config', runtime.configFile]).status, 0)
    t.match(await json(runtime, '/readyz'), {ready: true, reasons: [], warnings: [], mode: 'open'})
    await sql(database, "insert into operation.schema_level (level, name, sha256) values (2, '0002-later.sql', 'x')")
    t.match(await json(runtime, '/readyz'), {ready: false, reasons: [{code: 'schema-level', found: 2, expected: 1}]})
    t.equal(runCommand(['migrate', '--config', runtime.configFile]).status, 3, 'an older release goes no step back')
  })

  t.test('without its database it serves the procedure, and says that it is not ready', async t => {
    const database: Database = {host: '/nowhere', port: 1, name: 'x', user: 'x'}
    const runtime = await startRuntime(t, {role: 'presentation', database, migrated: false})
    t.match(await json(runtime, '/readyz'), {ready: false, reasons: [{code: 'database-unreachable'}]})
    t.equal((await runtime.get('/help/workstation')).status, 200)
    const opinion = await runtime.post('/help/workstation/call-support/feedback', {
      topic: 'slow',
      'slow-since': 'longer',
      helpful: 'no',
    })
    t.equal(opinion.status, 503)
    t.match(await opinion.text(), 'Réponse impossible')
  })

  t.test('a database that hangs, is lost and comes back is told as it is', async t => {
    const database = await newDatabase()
    const runtime = await startRuntime(t, {role: 'presentation', database})
    const [beat] = await until(() =>
      sql(database, 'select role from operation.heartbeat').then(rows => rows[0] && rows),
    )
    t.equal(beat?.role, 'presentation')
    const ends = `select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()`
    await sql(database, ends)
    // A server ends its connections in its own time, perhaps under a question.
    const ready = await until(async () => ((await json(runtime, '/readyz')) as {ready: boolean}).ready)
    t.ok(ready, 'connections that were cut are made anew')
    const holding = sql(database, 'begin; lock table operation.schema_level; select pg_sleep(7)')
    await until(async () => (await sql(database, "select from pg_locks where mode = 'AccessExclusiveLock'")).length > 0)
    t.match(await json(runtime, '/readyz'), {ready: false, reasons: [{code: 'database-unreachable'}]})
    await holding
    t.ok(await until(async () => ((await json(runtime, '/readyz')) as {ready: boolean}).ready))
  })

  t.test('migrations run once however many start them, and a changed one is refused', async t => {
    const database = await newDatabase()
    const config = writeConfig(t, {role: 'presentation', database})
    const results = await Promise.all([1, 2, 3].map(() => startCommand(['migrate', '--config', config])))
    t.same(
      results.map(({status}) => status),
      [0, 0, 0],
    )
    const applied = results.map(({stdout}) => JSON.parse(stdout).applied.length)
    t.same(applied.sort(), [0, 0, 1])
    await sql(database, "update operation.schema_level set sha256 = 'other'")
    const refused = runCommand(['migrate', '--config', config])
    t.equal(refused.status, 3)
    t.match(refused.stdout, 'differs from what was applied')
  })

  t.test('the mode is what the state file says, from the signal on', async t => {
    const runtime = await startRuntime(t, {role: 'presentation', database: await newDatabase()})
    runtime.state({mode: 'closed', banner: {fr: 'Travaux <b>', en: 'Works'}})
    t.equal((await runtime.get('/')).status, 200, 'not before the signal')
    await runtime.hangUp()
    const closed = await runtime.get('/en/help/workstation')
    t.same([closed.status, closed.headers.get('retry-after')], [503, '300'])
    t.match(await closed.text(), /Service closed/)
    t.equal((await runtime.post('/help/workstation/solved/feedback', {})).status, 503)
    t.match(await (await runtime.get('/')).text(), 'Travaux &#60;b&#62;')
    for (const path of ['/healthz', '/readyz', '/version']) t.equal((await runtime.get(path)).status, 200, path)
    runtime.state({mode: 'read-only'})
    await runtime.hangUp()
    t.equal((await runtime.get('/help/workstation')).status, 200)
    const opinion = {topic: 'slow', 'slow-since': 'longer', helpful: 'no'}
    t.equal((await runtime.post('/help/workstation/call-support/feedback', opinion)).status, 503)
  })

  t.test('a closing ends by itself, though nobody does anything', async t => {
    const runtime = await startRuntime(t, {role: 'presentation', database: await newDatabase()})
    const soon = new Date(Date.now() + 4000).toISOString()
    runtime.state({mode: 'closed', until: soon, banner: {fr: 'Travaux'}})
    await runtime.hangUp()
    const closed = await runtime.get('/')
    t.equal(closed.status, 503)
    t.ok(Number(closed.headers.get('retry-after')) <= 4)
    t.match(await closed.text(), `Réouverture prévue\u00a0: <time datetime="${soon}">`)
    const open = await until(async () => {
      const answer = await runtime.get('/')
      return answer.status === 200 ? answer : undefined
    })
    t.notMatch(await open.text(), 'Travaux')
    t.ok(Date.now() >= Date.parse(soon))
    runtime.state({mode: 'closed', until: '2020-01-01T00:00:00Z', banner: {fr: 'Travaux'}})
    await runtime.hangUp()
    const past = await runtime.get('/')
    t.equal(past.status, 200)
    t.notMatch(await past.text(), 'Travaux')
  })

  t.test('a broken state file changes nothing and shows in readyz; at the start it lets nobody in', async t => {
    const database = await newDatabase()
    const runtime = await startRuntime(t, {role: 'presentation', database, state: {mode: 'read-only'}})
    runtime.state('{"mode": "clo')
    await runtime.hangUp()
    const ready = await runtime.get('/readyz')
    t.equal(ready.status, 200, 'one broken file must not take a customer off the air')
    t.match(await ready.json(), {ready: true, mode: 'read-only', warnings: [{code: 'state-file'}]})
    const fresh = await startRuntime(t, {role: 'presentation', database, state: 'not json'})
    t.match(await json(fresh, '/readyz'), {ready: false, mode: 'closed', reasons: [{code: 'state-file'}]})
    t.equal((await fresh.get('/')).status, 503)
  })

  t.test('a neutralised copy says on each page of what and of when it is, and that nothing leaves it', async t => {
    const runtime = await startRuntime(t, {
      role: 'edition',
      database: await newDatabase(),
      config: {timeZone: 'Europe/Paris'},
      state: {mode: 'open', neutralised: true, copy: {of: 'acme/production', at: '2026-11-17T13:32:00Z'}},
    })
    for (const path of ['/', '/sign-in', '/nowhere']) {
      const text = await (await runtime.get(path)).text()
      t.match(text, 'aucun appel sortant')
      t.match(text, /Copie de acme\/production, état du <time[^>]*>17 novembre 2026 à 14:32 \(Europe\/Paris\)/)
      const english = await (await runtime.get(path === '/' ? '/en/' : `/en${path}`)).text()
      t.match(english, /Copy of acme\/production, as of <time[^>]*>November 17, 2026 at 2:32 PM/)
    }
    t.match(JSON.parse((await runtime.admin('POST', '/internal/smoke')).text), {
      checks: {3: {name: 'outgoing-refused', ok: true}},
    })
  })

  t.test('only its own account may use the admin socket; on loopback a token is asked for', async t => {
    const database = await newDatabase()
    const runtime = await startRuntime(t, {role: 'edition', database})
    t.equal(statSync(runtime.configFile.replace('config.json', 'admin.socket')).mode & 0o777, 0o700)
    const port = await freePort()
    const tokenFile = `${runtime.configFile}.token`
    writeFileSync(tokenFile, 'a-long-token\n')
    const tcp = await startRuntime(t, {
      role: 'edition',
      database,
      config: {admin: {address: '127.0.0.1', port, tokenFile}},
    })
    const ask = (headers: Record<string, string>) => fetch(`http://127.0.0.1:${port}/internal/digest`, {headers})
    t.equal((await ask({})).status, 401)
    t.equal((await ask({authorization: 'Bearer a-long-toker'})).status, 401)
    t.equal((await ask({authorization: 'Bearer a-long-token'})).status, 200)
    t.equal(runCommand(['ask', '--config', tcp.configFile, 'GET', '/internal/digest']).status, 0)
    t.equal(runCommand(['ask', '--config', tcp.configFile, 'GET', '/internal/nothing']).status, 3)
  })

  t.test('asked to stop, it finishes what was begun and ends with 0', async t => {
    const runtime = await startRuntime(t, {role: 'presentation', database: await newDatabase()})
    const smoke = runtime.admin('POST', '/internal/smoke')
    await setTimeout(300)
    runtime.child.kill('SIGTERM')
    t.equal((await smoke).status, 200)
    t.equal(await runtime.ended(), 0)
    t.match(runtime.log(), /"event":"stopped"/)
    await t.rejects(runtime.get('/'))
  })
})

async function json(runtime: Running, path: string): Promise<unknown> {
  return await (await runtime.get(path)).json()
}

function freePort(): Promise<number> {
  return new Promise(resolve => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const {port} = server.address() as {port: number}
      server.close(() => resolve(port))
    })
  })
}
