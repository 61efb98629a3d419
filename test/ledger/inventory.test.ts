import t from 'tap'
import {Temporal} from 'temporal-polyfill'
import {systemClock} from '../../src/clock.ts'
import {Failure} from '../../src/error.ts'
import {requestedHost} from '../../src/host/adopt.ts'
import {usualPace} from '../../src/host/fleet.ts'
import {bookOf, listHosts, named, selected, showHosts} from '../../src/host/list.ts'
import {meant, rememberFailed} from '../../src/host/meant.ts'
import {recordsOf} from '../../src/host/register.ts'
import {repin} from '../../src/host/repin.ts'
import {retire} from '../../src/host/retire.ts'
import type {Ways} from '../../src/host/ways.ts'
import {addProbe, listProbes, probeNamed} from '../../src/probe/list.ts'
import {parseProbe} from '../../src/probe/model.ts'
import {addSite} from '../../src/site/add.ts'
import {listSites, showSite} from '../../src/site/list.ts'
import type {Site} from '../../src/site/model.ts'
import {freshLedger} from '../support/ledger.ts'

const north: Site = {name: 'north', country: 'FR', tier: '3+', iso27001: '2027-06-30', soc2: '2027-03-31'}
const clock = {...systemClock, now: () => Temporal.Instant.from('2027-04-02T10:00:00Z')}
const facts = {
  ...{debian: 12, architecture: 'amd64', container: true, processors: 2, memoryMegabytes: 2000},
  ...{addresses: ['10.0.0.1'], controlPlane: ['10.0.0.254'], packagePorts: [80], accounts: ['_apt']},
}
const flags = {all: false, parallel: 16, 'per-site': 8}

t.test('a site recorded again changes nothing, its new certificates do', async t => {
  const ledger = await freshLedger(t)
  t.match(await addSite(ledger, north, true), {changed: true})
  t.same((await listSites(ledger, clock)).items, [], 'a plan records nothing')
  t.match(await addSite(ledger, north), {changed: true})
  t.match(await addSite(ledger, north), {changed: false})
  t.match(await listSites(ledger, clock), {items: [{name: 'north', objections: [{rule: 'R245'}]}]})
  t.match(await addSite(ledger, {...north, soc2: '2028-03-31'}), {changed: true})
  t.same((await showSite(ledger, clock, 'north')).objections, [])
  await t.rejects(showSite(ledger, clock, 'south'), {code: 'not-found'} as unknown as Error)
})

t.test('hosts are recorded, listed, meant and retired by name', async t => {
  const ledger = await freshLedger(t)
  await addSite(ledger, north)
  const records = recordsOf(ledger)
  for (const name of ['north-1', 'north-2'])
    await records.put({name, site: 'north', address: '10.0.0.1', hostKey: 'ssh-ed25519 AAAA', roles: ['edge'], facts})
  t.match(await records.find('north-1'), {roles: ['edge'], facts: {debian: 12}, retiredAt: undefined})
  t.equal((await listHosts(ledger, {names: [], all: false})).items.length, 2)
  t.match(await listHosts(ledger, {names: ['north-2'], all: false}), {items: [{name: 'north-2'}]})
  await t.rejects(listHosts(ledger, {names: ['west-1'], all: false}), {code: 'not-found'} as unknown as Error)
  await rememberFailed(ledger, [
    {host: 'north-1', ok: true},
    {host: 'north-2', ok: false},
  ])
  const names = async (typed: object) =>
    (await meant(ledger, {names: [], flags: {...flags, ...typed}}, 60)).hosts.map(({name}) => name)
  t.same(await names({only: 'failed'}), ['north-2'])
  t.same(await names({all: true}), ['north-1', 'north-2'])
  await t.rejects(names({}), {code: 'input-invalid'} as unknown as Error)
  const one = {names: ['north-2'], all: false}
  const asked: string[] = []
  const agree = async (names: string) => void asked.push(names)
  const retiring = async (plan: boolean) =>
    (await retire({ledger, clock}, await named(ledger, one), {agree, plan})).items
  t.strictSame(await retiring(true), [{host: 'north-2', changed: true}])
  t.strictSame(await retiring(false), [{host: 'north-2', changed: true}])
  t.strictSame(await retiring(false), [{host: 'north-2', changed: false}])
  t.strictSame(asked, ['north-2'], 'a plan asks nobody, nor does what is so already')
  t.same(await names({all: true}), ['north-1'])
  await t.rejects(bookOf(ledger).named('north-2'), {message: /was retired on 2027-04-02/})
  const shown = async (names: readonly string[], rest: object = {}) =>
    (await showHosts(ledger, {names, all: false, ...rest})).items.map(({name, retiredAt}) => [
      name,
      retiredAt?.toString(),
    ])
  t.strictSame(await shown(['north-2', 'north-1']), [
    ['north-1', undefined],
    ['north-2', clock.now().toString()],
  ])
  t.strictSame(await shown([], {site: 'north'}), [['north-1', undefined]])
  await t.rejects(shown([]), {code: 'input-invalid'} as unknown as Error)
  await t.rejects(shown(['west-1']), {code: 'not-found'} as unknown as Error)
  await records.put({name: 'north-2', site: 'north', address: '10.0.0.2', hostKey: 'k', roles: ['edge'], facts})
  t.same(await names({all: true}), ['north-1', 'north-2'], 'a new machine of that name is in service')
})

t.test('several hosts go out of service at once, or none of them', async t => {
  const ledger = await freshLedger(t)
  await addSite(ledger, north)
  const put = {site: 'north', address: '10.0.0.1', hostKey: 'ssh-ed25519 AAAA', roles: ['edge'] as const, facts}
  for (const name of ['north-1', 'north-2', 'north-3']) await recordsOf(ledger).put({...put, name})
  await ledger.owner.all`
    insert into tenant (name, legal_name, locale, time_zone, contract) values ('acme', 'A', 'fr', 'UTC', '{}')`
  await ledger.owner.all`
    insert into environment (id, tenant, name, phase, version, topology)
    values ('eaaaaaa', 'acme', 'production', 'installation', '1', 'single')`
  await ledger.owner.all`insert into placement values ('eaaaaaa', 'edge', 'north-3', 'r')`
  const all = await named(ledger, {names: [], site: 'north', all: false})
  const asked: string[] = []
  const agree = async (names: string) => void asked.push(names)
  await t.rejects(retire({ledger, clock}, all, {agree, plan: false}), {
    code: 'host-in-use',
    message: 'north-3 still carries acme/production; nothing was changed.',
  })
  t.equal((await listHosts(ledger, {names: [], all: false})).items.length, 3)
  await retire({ledger, clock}, all.slice(0, 2), {agree, plan: false})
  t.strictSame(asked, ['north-1,north-2'], 'both are confirmed by name')
  t.equal((await listHosts(ledger, {names: [], all: false})).items.length, 1)
})

t.test('nothing is keyed by an address: a host may be replaced', async t => {
  const {owner} = await freshLedger(t)
  const keyed = await owner.all`
    select c.conrelid::regclass::text as "table", a.attname as "column" from pg_constraint c
    join pg_attribute a on a.attrelid = c.conrelid and a.attnum = any(c.conkey)
    where c.contype in ('p', 'u', 'f') and a.attname ~ 'address'
    union select i.indrelid::regclass::text, a.attname from pg_index i
    join pg_attribute a on a.attrelid = i.indrelid and a.attnum = any(i.indkey) where i.indisunique and a.attname ~ 'address'`
  t.strictSame(keyed, [])
})

t.test('one machine is not added under two names', async t => {
  const ledger = await freshLedger(t)
  await addSite(ledger, north)
  const hostKey = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJG5j40izWpE1GD5+uywfc7G3uVra9sfp8dj2CstkyfY'
  await recordsOf(ledger).put({name: 'north-1', site: 'north', address: '10.0.0.1', hostKey, roles: ['edge'], facts})
  const typed = {name: 'north-9', address: '10.0.0.9', site: 'north', role: ['edge'], networks: []}
  const asked = {...typed, 'bootstrap-user': 'root', 'host-key': hostKey}
  const nobody = () => Promise.reject(new Error('asked'))
  await t.rejects(requestedHost({ledger, ways: {} as Ways}, asked, nobody), {
    code: 'host-differs',
    message: /is north-1 already/,
  })
})

t.test('several hosts are pinned to other keys, each seen and all confirmed; a dead one delays nobody', async t => {
  const ledger = await freshLedger(t)
  await addSite(ledger, north)
  const key = (letter: string) => `ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAA${`I${letter.repeat(42)}A`.slice(0, 44)}`
  const put = {site: 'north', roles: ['edge'] as const, facts}
  for (const n of ['1', '2', '3'])
    await recordsOf(ledger).put({...put, name: `north-${n}`, address: n, hostKey: key('A')})
  const ways = {
    presented: async (address: string) => {
      if (address === '3') throw new Failure('host-unreachable', 'nobody there')
      return address === '1' ? key('B') : key('A')
    },
  }
  const hosts = await selected(ledger, {names: [], all: true})
  const confirmed: string[] = []
  const anchors = {put: async () => {}, holds: async () => true, remove: async () => {}}
  const repinning = {
    ...{ledger, anchors, ways, pace: usualPace, plan: false},
    ask: async (_: string, shown: string) => shown,
    agree: async (names: string) => void confirmed.push(names),
  }
  const planned = await repin({...repinning, plan: true}, hosts, {keys: [], fingerprints: []})
  t.match(planned.items, [{host: 'north-1', changed: true}, {host: 'north-2', changed: false}, {ok: false}])
  t.equal((await bookOf(ledger).named('north-1')).hostKey, key('A'))
  await repin(repinning, hosts, {keys: [], fingerprints: []})
  t.strictSame(confirmed, ['north-1'])
  t.equal((await bookOf(ledger).named('north-1')).hostKey, key('B'))
  const now = await selected(ledger, {names: [], all: true})
  const named = await repin(repinning, now, {keys: [`north-3=${key('C')}`], fingerprints: []})
  t.match(named.items, [{changed: false}, {changed: false}, {host: 'north-3', ok: true, changed: true}])
  await t.rejects(repin(repinning, hosts, {keys: [key('C')], fingerprints: []}), {code: 'input-invalid'})
})

t.test('probe points are recorded and found', async t => {
  const ledger = await freshLedger(t)
  await t.rejects(probeNamed(ledger), {code: 'not-found'} as unknown as Error)
  const outside = parseProbe({name: 'outside', netns: 'selfhelp-lab-outside'})
  t.match(await addProbe(ledger, outside), {changed: true})
  t.match(await addProbe(ledger, outside), {changed: false})
  await addProbe(ledger, parseProbe({name: 'paris', ssh: 'probe@paris.test'}))
  t.same(
    (await listProbes(ledger)).items.map(({name}) => name),
    ['outside', 'paris'],
  )
  t.same(await probeNamed(ledger, 'outside'), outside)
})
