import t from 'tap'
import {Temporal} from 'temporal-polyfill'
import {systemClock} from '../../src/clock.ts'
import {bookOf, listHosts, showHost} from '../../src/host/list.ts'
import {meant, rememberFailed} from '../../src/host/meant.ts'
import {recordsOf} from '../../src/host/register.ts'
import {retire} from '../../src/host/retire.ts'
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
  ...{addresses: ['10.0.0.1'], controlPlane: ['10.0.0.254'], packagePorts: [80]},
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
  await rememberFailed(ledger, [
    {host: 'north-1', ok: true},
    {host: 'north-2', ok: false},
  ])
  const names = async (typed: object) =>
    (await meant(ledger, {names: [], flags: {...flags, ...typed}}, 60)).hosts.map(({name}) => name)
  t.same(await names({only: 'failed'}), ['north-2'])
  t.same(await names({all: true}), ['north-1', 'north-2'])
  await t.rejects(names({}), {code: 'input-invalid'} as unknown as Error)
  t.match(await retire({ledger, clock}, 'north-2', {agree: async () => void t.fail('asked'), plan: true}), {
    changed: true,
  })
  t.match(await retire({ledger, clock}, 'north-2', {agree: async () => {}, plan: false}), {changed: true})
  t.match(await retire({ledger, clock}, 'north-2', {agree: async () => {}, plan: false}), {changed: false})
  t.same(await names({all: true}), ['north-1'])
  await t.rejects(bookOf(ledger).named('north-2'), {message: /was retired on 2027-04-02/})
  t.equal((await showHost(ledger, 'north-2')).retiredAt?.toString(), clock.now().toString())
  await records.put({name: 'north-2', site: 'north', address: '10.0.0.2', hostKey: 'k', roles: ['edge'], facts})
  t.same(await names({all: true}), ['north-1', 'north-2'], 'a new machine of that name is in service')
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
