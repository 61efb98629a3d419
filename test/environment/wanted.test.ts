import t from 'tap'
import {served, unserved} from '../../src/environment/edge.ts'
import type {Environment} from '../../src/environment/model.ts'
import {schema} from '../../src/environment/schema.ts'
import {database, gone, ground, namedServices, running, services} from '../../src/environment/wanted.ts'
import type {Wanted} from '../../src/machine/model.ts'
import {comparison} from '../../src/machine/plan.ts'
import {Secret} from '../../src/secret/secret.ts'

const environment: Environment = {
  id: 'eabcde2',
  tenant: 'acme',
  legalName: 'ACME SA',
  locale: 'fr',
  timeZone: 'Europe/Paris',
  name: 'production',
  phase: 'installation',
  version: '0.1.0',
  topology: 'single',
  hostnames: {presentation: 'acme.ezvsaas.test', edition: 'acme-edition.ezvsaas.test'},
  domains: [],
  placed: ['edge', 'presentation', 'edition', 'database'].map(role => ({
    role,
    host: 'north-1',
    reason: '',
    address: '10.1.1.11',
  })) as never,
  ports: {database: 20_000, presentation: 24_000, edition: 28_000},
  address: '10.1.1.11',
}
const secrets = {
  password: new Secret('the-password'),
  tls: {ca: 'the root', chain: 'the chain', key: new Secret('the-key')},
}
const certificates = ['acme.ezvsaas.test', 'acme-edition.ezvsaas.test'].map(hostname => ({
  hostname,
  pem: new Secret('the-pem'),
}))
const all = [
  ...ground(environment, secrets),
  ...database(environment, secrets),
  ...services(environment),
  ...schema(environment, 3),
  ...running(environment),
  ...served(environment, certificates, 'north-1'),
]

t.test(
  'everything of an environment is named by its id, but certificates by their name and backends by their port',
  async t => {
    const named = all.flatMap(want => ('path' in want ? [want.path] : 'name' in want ? [want.name] : []))
    const shared =
      /^(\/etc\/haproxy\/selfhelp\/(hosts\.map|crt-list|backends\.cfg|.*\/acme(-edition)?\.ezvsaas\.test\.pem|.*north-1:2[48]000.cfg)|north-1:2[48]000|haproxy\.service)$/
    const strange = named.filter(name => !name.includes('eabcde2') && !shared.test(name))
    t.same(
      strange,
      ['selfhelp', 'selfhelp_reader', 'selfhelp', 'schema of acme/production at level 3'],
      'role and database are in its own cluster',
    )
  },
)

t.test('a secret stands in files only its service can read, and prints nowhere', async t => {
  t.notMatch(JSON.stringify(all), /the-password|the-key|the-pem/)
  const kept = all.filter(want => want.kind === 'file' && want.content instanceof Secret)
  t.same(kept.map(want => (want.kind === 'file' ? `${want.mode} ${want.group}` : '')).sort(), [
    '0600 root',
    '0640 postgres',
  ])
})

t.test('its database listens to its own machine, with TLS and scram', async t => {
  const [cluster] = database(environment, secrets)
  t.match(cluster, {
    settings: {listen_addresses: '127.0.0.1', ssl: 'on', password_encryption: 'scram-sha-256'},
    access: [
      'local all postgres peer',
      'local selfhelp selfhelp_reader peer map=reader',
      /^hostssl selfhelp selfhelp 127\.0\.0\.1\/32 scram/,
      / reject$/,
      / reject$/,
    ],
  })
})

t.test('during the installation its services let nobody in, afterwards everybody', async t => {
  const mode = (phase: Environment['phase']) =>
    contentOf(services({...environment, phase}), '/etc/selfhelp/eabcde2/state.json')
  t.match(mode('installation'), /"mode":"closed"/)
  t.match(mode('implementation'), /"mode":"open"/)
  t.match(mode('production'), /"mode":"open"/)
})

t.test('the edge knows its names; the certificate is there before the list that names it', async t => {
  const wanted = served(environment, certificates, 'north-1')
  t.equal(
    contentOf(wanted, '/etc/haproxy/selfhelp/host.d/eabcde2'),
    'acme.ezvsaas.test north-1:24000\nacme-edition.ezvsaas.test north-1:28000\n',
  )
  const order = wanted.map(want => ('path' in want ? want.path : want.kind))
  t.ok(order.findIndex(path => path.endsWith('.pem')) < order.indexOf('/etc/haproxy/selfhelp/crt.d/eabcde2'))
  t.equal(order.at(-1), 'unit', 'loaded last')
  const [change] = comparison('north-1', wanted.slice(-1)).changes([])
  t.match(
    change?.actions,
    [{act: 'units', shared: true}],
    "under the machine's own lock, as other environments load it too",
  )
})

t.test('what goes names everything that came', async t => {
  const away = [...gone(environment), ...unserved(environment, 'north-1')].filter(want => want.absent)
  const named = (want: Wanted) => {
    const key = 'key' in want ? ` ${want.key}` : ''
    return `${want.kind} ${'path' in want ? `${want.path}${key}` : 'name' in want ? want.name : ''}`
  }
  const edge = '/etc/haproxy/selfhelp'
  t.same(away.map(named), [
    'pg-cluster eabcde2',
    'directory /etc/selfhelp/eabcde2',
    'file /var/lib/selfhelp/farewell-eabcde2.dump.enc',
    'user eabcde2',
    `haproxy-entry ${edge}/hosts.map acme.ezvsaas.test`,
    `haproxy-entry ${edge}/hosts.map acme-edition.ezvsaas.test`,
    `haproxy-entry ${edge}/crt-list acme.ezvsaas.test`,
    `haproxy-entry ${edge}/crt-list acme-edition.ezvsaas.test`,
    'haproxy-server north-1:24000',
    'haproxy-server north-1:28000',
    `file ${edge}/host.d/eabcde2`,
    `file ${edge}/crt.d/eabcde2`,
    `file ${edge}/staged/acme.ezvsaas.test.pem`,
    `file ${edge}/staged/acme-edition.ezvsaas.test.pem`,
    `haproxy-certificate ${edge}/cert/acme.ezvsaas.test.pem`,
    `haproxy-certificate ${edge}/cert/acme-edition.ezvsaas.test.pem`,
  ])
})

t.test('a front hands requests to the host where the services are, and they believe what it forwards', async t => {
  const far = {
    ...environment,
    placed: [...environment.placed, {role: 'edge', host: 'south-1', reason: '', address: '10.1.2.11'} as const],
  }
  t.match(
    contentOf(served(far, certificates, 'south-1'), '/etc/haproxy/selfhelp/backend.d/north-1:24000.cfg'),
    /server s 10\.1\.1\.11:24000 check/,
  )
  t.match(
    contentOf(served(far, certificates, 'north-1'), '/etc/haproxy/selfhelp/backend.d/north-1:24000.cfg'),
    /server s 127\.0\.0\.1:24000 check/,
  )
  const config = JSON.parse(contentOf(services(far), '/etc/selfhelp/eabcde2/presentation.json'))
  t.match(config, {listen: {address: '0.0.0.0'}, proxies: ['127.0.0.1', '10.1.2.11']})
  const socket = '/etc/systemd/system/eabcde2-presentation.socket'
  t.match(contentOf(services(far), socket), /^ListenStream=0\.0\.0\.0:24000$/m, 'the socket holds what the front asks')
  t.match(contentOf(services(environment), socket), /^ListenStream=127\.0\.0\.1:24000$/m)
  t.match(JSON.parse(contentOf(services(environment), '/etc/selfhelp/eabcde2/presentation.json')), {
    listen: {address: '127.0.0.1'},
  })
})

t.test("people are sent to the customer's own name once it is served, and forms are taken from both", async t => {
  const own = (served: boolean) => ({
    ...environment,
    domains: [{hostname: 'help.acme.test', face: 'presentation' as const, served}],
  })
  const config = (of: Environment, face: string) =>
    JSON.parse(contentOf(services(of), `/etc/selfhelp/eabcde2/${face}.json`))
  const ours = `https://${environment.hostnames.presentation}`
  t.match(config(own(false), 'presentation'), {urls: {presentation: ours}, origins: [ours]})
  const after = config(own(true), 'presentation')
  t.match(after, {urls: {presentation: 'https://help.acme.test'}, origins: ['https://help.acme.test', ours]})
  const edition = `https://${environment.hostnames.edition}`
  t.match(config(own(true), 'edition'), {urls: {...after.urls, edition}, origins: [edition]})
  const state = '/etc/selfhelp/eabcde2/state.json'
  t.ok(services(own(true)).some(want => 'path' in want && want.path === state))
  t.notOk(
    namedServices(own(true)).some(want => 'path' in want && want.path === state),
    'what is let in stays as it is',
  )
})

t.test('a name without a certificate is not listed: it would keep the edge from starting', async t => {
  const wanted = served(
    {...environment, domains: [{hostname: 'help.acme.test', face: 'presentation', served: true}]},
    certificates,
    'north-1',
  )
  t.notMatch(JSON.stringify(wanted), /help\.acme\.test/)
})

function contentOf(wanted: readonly Wanted[], path: string): string {
  const found = wanted.find(want => want.kind === 'file' && want.path === path)
  return found?.kind === 'file' ? String(found.content) : ''
}
