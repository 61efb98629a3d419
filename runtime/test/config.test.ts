import {mkdtempSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {dirname, join} from 'node:path'
import t from 'tap'
import {readConfig} from '../src/config.ts'

const good = {
  role: 'edition',
  environment: 'acme/production',
  tenant: 'ACME SA',
  locale: 'fr',
  listen: {address: '127.0.0.1', port: 21000},
  admin: {socket: '/run/x/admin.socket'},
  urls: {presentation: 'https://acme.example/', edition: 'https://acme-edition.example'},
  database: {host: '/run/postgresql', port: 5433, name: 'selfhelp', user: 'selfhelp'},
  stateFile: '/etc/selfhelp/state.json',
}

t.test('a configuration is read, with secrets from the credentials folder', async t => {
  const folder = t.testdir({password: 'sesame\n', 'ca.pem': 'CA', token: 'a-token\n'})
  const config = read(
    t,
    {
      ...good,
      admin: {address: '127.0.0.1', port: 21001, tokenFile: 'token'},
      database: {...good.database, passwordFile: 'password', tls: {ca: join(folder, 'ca.pem'), serverName: 'db'}},
    },
    folder,
  )
  t.match(config, {
    admin: {token: 'a-token'},
    database: {password: 'sesame', tls: {ca: 'CA', serverName: 'db'}},
    urls: {presentation: 'https://acme.example'},
    proxies: [],
  })
})

t.test('every problem is told at once, and no secret', async t => {
  const bad = {...good, role: 'both', locale: 'de', listen: {address: 'all', port: 70_000}, stateFile: 'state.json'}
  t.throws(() => read(t, bad), {message: /role: .*\n.*locale: .*\n.*listen.address.*\n.*listen.port.*\n.*stateFile/})
  t.throws(() => read(t, {...good, admin: {address: '0.0.0.0', port: 1, tokenFile: 'x'}}), /admin.address/)
  t.throws(() => read(t, {...good, admin: {address: '127.0.0.1', port: 1}}), /admin.tokenFile: missing/)
  t.throws(() => read(t, []), /role: missing/)
  t.throws(() => readConfig('/nowhere/config.json', undefined), /cannot be read/)
})

function read(t: import('tap').Test, config: unknown, credentials?: string) {
  const file = join(mkdtempSync(join(tmpdir(), 'selfhelp-runtime-')), 'config.json')
  t.teardown(() => rmSync(dirname(file), {recursive: true}))
  writeFileSync(file, JSON.stringify(config))
  return readConfig(file, credentials)
}
