import {chmodSync, chownSync, lchownSync, mkdtempSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import pg from 'pg'
import t from 'tap'
import {addressOf, connectionOf} from '../../src/ledger/address.ts'
import {createLedger} from '../../src/ledger/create.ts'
import {openLedger} from '../../src/ledger/open.ts'
import {assertOwnSocket, type Place, placeOf} from '../../src/ledger/place.ts'
import {createPrivate, postmasterOf, stopPrivate} from '../../src/ledger/private.ts'

t.test('a password in the URL is refused, wherever it stands', async t => {
  for (const url of ['postgresql://u:p@h/d', 'postgres://h/d?user=u&password=p'])
    t.throws(() => addressOf('/nowhere', {SELFHELP_DATABASE_URL: url}), {code: 'password-exposed', exit: 3})
  for (const url of ['mysql://h/d', 'h/d', 'not a url'])
    t.throws(() => addressOf('/nowhere', {SELFHELP_DATABASE_URL: url}), {code: 'input-invalid', exit: 2}, url)
})

t.test('a password file is read only when it is closed to others', async t => {
  const file = join(t.testdir({secret: 'p4ss\n'}), 'secret')
  const env = {SELFHELP_DATABASE_URL: 'postgresql://u@h/d', SELFHELP_DATABASE_PASSWORD_FILE: file}
  chmodSync(file, 0o640)
  t.throws(() => addressOf('/nowhere', env), {code: 'file-exposed', remedies: [`chmod 600 ${file}`]})
  chmodSync(file, 0o600)
  t.match(connectionOf(addressOf('/nowhere', env), 'app'), {
    connectionString: 'postgresql://u:p4ss@h/d?options=-c+role%3Dselfhelp_app',
  })
  t.notMatch(JSON.stringify(addressOf('/nowhere', env)), 'p4ss')
})

t.test("the CMC's own PostgreSQL serves as ledger, with a password from a file", async t => {
  const home = mkdtempSync(join(tmpdir(), 'selfhelp-url-'))
  const place = await serverWithPasswords(home)
  t.teardown(async () => {
    await stopPrivate(place)
    rmSync(home, {recursive: true})
  })
  const elsewhere = join(home, 'elsewhere')
  const host = encodeURIComponent(place.socket)
  const env = {
    SELFHELP_DATABASE_URL: `postgresql://cmc@localhost/control?host=${host}`,
    SELFHELP_DATABASE_PASSWORD_FILE: join(home, 'password'),
  }
  await t.rejects(openLedger({home: elsewhere, env}), {code: 'ledger-missing'})
  const ledgers = await Promise.all(Array.from({length: 5}, () => createLedger({home: elsewhere, env})))
  for (const ledger of ledgers) {
    t.match(await ledger.one`select current_user as role, session_user as login`, {role: 'selfhelp_app', login: 'cmc'})
    await t.rejects(ledger.all`delete from journal`, {code: '42501'})
    await ledger.close()
  }
  t.equal(postmasterOf(placeOf(elsewhere, env)), undefined, 'no private server was started')
  const wrong = {...env, SELFHELP_DATABASE_PASSWORD_FILE: join(home, 'wrong')}
  writeFileSync(wrong.SELFHELP_DATABASE_PASSWORD_FILE, 'wrong', {mode: 0o600})
  await t.rejects(openLedger({home: elsewhere, env: wrong}), {code: 'ledger-unreachable', exit: 4})
})

async function serverWithPasswords(home: string): Promise<Place> {
  const place = placeOf(home, process.env)
  await createPrivate(place)
  const admin = new pg.Client(connectionOf({kind: 'private', place, database: 'postgres'}, 'admin'))
  await admin.connect()
  await admin.query("create role cmc login createrole password 'p4ss'")
  await admin.query('create database control owner cmc')
  const hba = 'local all postgres peer map=selfhelp\nlocal all all scram-sha-256\n'
  writeFileSync(join(place.data, 'pg_hba.conf'), hba)
  await admin.query('select pg_reload_conf()')
  await admin.end()
  writeFileSync(join(home, 'password'), 'p4ss\n', {mode: 0o600})
  return place
}

t.test("a socket's folder that somebody else made is not entered", async t => {
  const socket = t.testdir({target: {}, link: t.fixture('symlink', 'target')})
  t.throws(() => assertOwnSocket({socket}, 12_345), {code: 'home-unusable'})
  const uid = process.getuid?.() || 12_345
  chownSync(socket, uid, uid)
  lchownSync(join(socket, 'link'), uid, uid)
  t.doesNotThrow(() => assertOwnSocket({socket}, uid))
  t.throws(() => assertOwnSocket({socket: join(socket, 'link')}, uid), {code: 'home-unusable'})
  t.doesNotThrow(() => assertOwnSocket({socket: join(socket, 'none')}, uid))
})
