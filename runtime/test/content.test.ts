import {createHash} from 'node:crypto'
import t from 'tap'
import type {Database} from '../src/config.ts'
import {sql, startPostgres, withoutDatabase} from './support/database.ts'
import {type Running, startRuntime} from './support/runtime.ts'

// A busy machine starts a process in a second, and each story starts its own.
t.setTimeout(120_000)

t.test('the content', {skip: withoutDatabase}, async t => {
  const newDatabase = await startPostgres(t)

  t.test('smoke uses everything and leaves no trace, in every mode', async t => {
    const database = await newDatabase()
    const runtime = await startRuntime(t, {role: 'presentation', database})
    await runtime.admin('POST', '/internal/accounts', {email: 'jane@acme.test', role: 'author'})
    const before = [await digest(runtime), await counts(database)]
    for (const mode of ['open', 'read-only', 'closed']) {
      runtime.state({mode, neutralised: mode === 'closed'})
      await runtime.hangUp()
      const smoke = await runtime.admin('POST', '/internal/smoke')
      t.equal(smoke.status, 200, smoke.text)
      t.match(JSON.parse(smoke.text), {
        ok: true,
        checks: [{name: 'schema-level'}, {name: 'procedure'}, {name: 'sign-in'}],
      })
    }
    t.same([await digest(runtime), await counts(database)], before)
    await sql(database, 'alter table credential.password rename to hidden')
    const failed = await runtime.admin('POST', '/internal/smoke')
    t.equal(failed.status, 503)
    t.match(JSON.parse(failed.text).checks[2], {name: 'sign-in', ok: false, problem: /password/})
  })

  t.test('the digest is of the content: equal for equal rows, another for any change, sessions left out', async t => {
    const [one, two] = [await newDatabase(), await newDatabase()]
    await sql(two, `alter database ${two.name} set timezone = 'Asia/Tokyo'`)
    await sql(two, `alter database ${two.name} set datestyle = 'German'`)
    const [first, second] = [
      await startRuntime(t, {role: 'edition', database: one}),
      await startRuntime(t, {role: 'edition', database: two}),
    ]
    t.equal(await digest(first), await digest(second))
    const rows = `insert into content.account (id, email, role, created_at)
      select ('00000000-0000-0000-0000-' || lpad(n::text, 12, '0'))::uuid, 'a' || n || '@acme.test', 'author', '2026-01-01T00:00:00Z' from generate_series(1, 1200) n`
    await sql(one, `${rows} order by n`)
    await sql(two, `${rows} order by n desc`)
    const full = await digest(first)
    t.equal(await digest(second), full)
    await sql(
      one,
      `insert into operation.session select 'x', id, now(), now() + interval '1 hour' from content.account limit 1`,
    )
    t.equal(await digest(first), full)
    await sql(one, `update content.account set name = 'x' where email = 'a700@acme.test'`)
    t.not(await digest(first), full)
  })

  t.test('the export is the content in one order, complete and provable, without credentials', async t => {
    const database = await newDatabase()
    const runtime = await startRuntime(t, {role: 'edition', database})
    for (const email of ['b@acme.test', 'a@acme.test'])
      await runtime.admin('POST', '/internal/accounts', {email, role: 'author'})
    const {text} = await runtime.admin('GET', '/internal/export')
    t.equal((await runtime.admin('GET', '/internal/export')).text, text)
    const lines = text.trim().split('\n')
    t.match(JSON.parse(lines[0] ?? ''), {format: 1, environment: 'acme/production', schemaLevel: 1})
    const body = lines
      .slice(1, -1)
      .map(line => `${line}\n`)
      .join('')
    const sha256 = createHash('sha256').update(body).digest('hex')
    t.same(JSON.parse(lines.at(-1) ?? ''), {end: {rows: 2, sha256}})
    const whole = JSON.parse((await runtime.admin('GET', '/internal/digest')).text)
    t.equal(whole.parts.content.sha256, sha256)
    t.equal(whole.parts.credential.rows, 2)
    t.notMatch(text, /token_hash|argon2/)
  })

  t.test('one database serves both roles at once', async t => {
    const database = await newDatabase()
    const portal = await startRuntime(t, {role: 'presentation', database})
    const edition = await startRuntime(t, {role: 'edition', database})
    await portal.post('/help/workstation/call-support/feedback', {topic: 'slow', 'slow-since': 'longer', helpful: 'no'})
    await edition.admin('POST', '/internal/accounts', {email: 'jane@acme.test', role: 'administrator'})
    t.equal(await digest(portal), await digest(edition))
    t.match((await edition.admin('GET', '/internal/export')).text, /content.account.*\n.*content.feedback/)
    t.same([(await portal.get('/sign-in')).status, (await edition.get('/help/workstation')).status], [404, 404])
  })
})

async function digest(runtime: Running): Promise<string> {
  return JSON.parse((await runtime.admin('GET', '/internal/digest')).text).digest
}

async function counts(database: Database): Promise<unknown> {
  return await sql(
    database,
    `select (select count(*) from content.account) a, (select count(*) from content.feedback) f, (select count(*) from credential.password) p,
       (select count(*) from credential.welcome) w, (select count(*) from operation.session) s`,
  )
}
