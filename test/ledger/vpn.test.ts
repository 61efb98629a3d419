import t from 'tap'
import {Temporal} from 'temporal-polyfill'
import {systemClock} from '../../src/clock.ts'
import type {Patient} from '../../src/doctor/model.ts'
import {secondVpns} from '../../src/doctor/promises.ts'
import type {Platform} from '../../src/environment/steps.ts'
import {configured} from '../../src/flow/configured.ts'
import {flowMatrix} from '../../src/flow/matrix.ts'
import {matrixPage} from '../../src/flow/view.ts'
import {putSetting} from '../../src/ledger/setting.ts'
import {vpnsWithoutSecond} from '../../src/ledger/vpn.ts'
import {readyToRemove} from '../../src/tenant/remove.ts'
import {addVpn} from '../../src/vpn/add.ts'
import {compareVpns} from '../../src/vpn/compare.ts'
import {listVpns, vpnNamed} from '../../src/vpn/list.ts'
import {sheetOf} from '../../src/vpn/sheet.ts'
import {freshLedger} from '../support/ledger.ts'
import {fleetRows, tenantRow} from '../support/vpn-world.ts'
import {acme} from '../vpn/agreed.ts'

t.test('what is agreed about VPNs', async t => {
  const ledger = await freshLedger(t)
  await fleetRows(ledger)
  for (const tenant of ['acme', 'globex']) await tenantRow(ledger, tenant)
  await tenantRow(ledger, 'plain', {vpn: 'none'})
  const globex = {...acme, tenant: 'globex', peer: {address: '198.51.100.8', identity: 'vpn.globex.test'}}

  await t.test('a plan writes nothing', async t => {
    t.match(await addVpn(ledger, acme, true), {vpn: 'acme/north', gateway: 'north-9', changed: true})
    t.same((await listVpns(ledger)).items, [])
  })

  await t.test('it is written down once, with a gateway and addresses of its own', async t => {
    t.match(await addVpn(ledger, acme), {gateway: 'north-9', inner: ['100.64.0.1', 'fd5e:1f:ffff::1'], changed: true})
    t.match(await addVpn(ledger, acme), {changed: false})
    t.match(await vpnNamed(ledger, 'acme'), {spec: {tenant: 'acme', networks: [{network: '10.20.0.0/16'}]}})
  })

  await t.test('who has not ordered one, is not there, or has no gateway is refused', async t => {
    await t.rejects(addVpn(ledger, {...acme, tenant: 'plain'}), {code: 'vpn-unfit', message: /orders no VPN/})
    await t.rejects(addVpn(ledger, {...acme, tenant: 'nobody'}), {code: 'not-found'})
    await t.rejects(addVpn(ledger, {...acme, site: 'west'}), {code: 'not-found'})
  })

  await t.test("another customer's network is refused, and taken renamed", async t => {
    await t.rejects(addVpn(ledger, globex), {code: 'vpn-overlap', message: /the VPN acme\/north/})
    const renamed = {...globex, networks: [{network: '10.20.0.0/16', seenAs: '100.96.0.0/16'}]}
    t.match(await addVpn(ledger, renamed), {inner: ['100.64.0.2', 'fd5e:1f:ffff::2']})
  })

  await t.test("the same customer's second site shows the same networks", async t => {
    t.match(await addVpn(ledger, {...acme, site: 'south'}), {gateway: 'south-9', changed: true})
    await t.rejects(vpnNamed(ledger, 'acme'), {
      code: 'input-invalid',
      remedies: ['Write acme/north.', 'Write acme/south.'],
    })
  })

  await t.test('two that are added at once do not get the same network', async t => {
    const [one, two] = ['one', 'two'].map(tenant => ({
      ...acme,
      ...{tenant, networks: [{network: '10.30.0.0/16'}], peer: {address: '198.51.100.9', identity: `${tenant}.test`}},
    }))
    for (const tenant of ['one', 'two']) await tenantRow(ledger, tenant)
    const done = await Promise.allSettled([addVpn(ledger, one ?? acme), addVpn(ledger, two ?? acme)])
    t.same(done.map(({status}) => status).sort(), ['fulfilled', 'rejected'])
  })

  await t.test('a comparison asks for the norms once, and says what is too late', async t => {
    const asked = {tenant: 'acme', today: Temporal.PlainDate.from('2026-11-22')}
    await t.rejects(compareVpns(ledger, asked), {code: 'input-invalid', message: /R099b/})
    t.match(await compareVpns(ledger, {...asked, norms: 'ISO 27001'}), {norms: 'ISO 27001'})
    const {items, lead} = await compareVpns(ledger, asked)
    t.same(
      items.map(({rule}) => rule),
      ['R100', 'R101', 'R102', 'R103', 'R104', 'R105', 'R106', 'R107'],
    )
    t.match(lead, [
      {type: 'ipsec', days: 2, late: false},
      {type: 'private-line', days: 28, late: true},
    ])
  })

  await t.test('the matrix has the six rows of the contract and one for each thing configured', async t => {
    const {items} = await flowMatrix(ledger, 'acme/production')
    const rules = items.filter(({kind}) => kind === 'baseline').map(({rule}) => rule)
    t.same(rules, ['R108', 'R109', 'R110', 'R111', 'R112', 'R113'])
    const derived = items.filter(({kind}) => kind === 'derived')
    t.ok(derived.every(({of = ''}) => of.startsWith('vpn acme/')))
    const ldap = derived.find(({rule}) => rule === 'R061')
    t.match(ldap, {from: {party: 'presentation', who: ['north-1']}, to: {who: ['10.20.0.10']}, port: '636'})
    t.match(
      derived.find(({port}) => port === '500'),
      {from: {party: 'vpn peer', who: [acme.peer?.address]}},
    )
    t.notOk(
      items.some(({from, to}) => from.party === 'presentation' && to.party === 'edition'),
      'C3',
    )
    await t.rejects(flowMatrix(ledger, 'acme/training'), {code: 'not-found'})
    const whole = await flowMatrix(ledger)
    t.ok(whole.items.some(({of}) => of?.startsWith('vpn globex')))
  })

  await t.test('people are led to an edge that serves production, and told of no name it does not serve', async t => {
    await ledger.all`
      insert into host (name, site, address, host_key, roles, facts)
      select 'north-0', site, '10.77.1.10', host_key, roles, facts from host where name = 'north-1'`
    await ledger.all`
      insert into environment (id, tenant, name, phase, version, topology)
      values ('equalif', 'acme', 'qualification', 'installation', '0.1.0', 'single')`
    await ledger.all`
      insert into placement (environment, role, host, reason) values ('equalif', 'edge', 'north-0', 'test')`
    await ledger.all`
      insert into hostname (name, environment, face)
      select e.name || '-' || face || '.acme.test', e.id, face
      from environment e, unnest(array['presentation', 'edition']) face where tenant = 'acme'`
    await putSetting(ledger, 'base-domain', 'selfhelp.test')
    await addVpn(ledger, {...acme, kilobitsPerSecond: 100_000, users: {concurrent: 10, pageKilobytes: 300}})
    const secrets = {get: async () => undefined} as unknown as Platform['secrets']
    const sheet = await sheetOf({ledger, secrets, clock: systemClock}, 'acme/north', 'en')
    const names = sheet.groups.flatMap(({rows}) => rows).find(([what]) => what === 'Names to resolve in your network')
    t.equal(names?.[1], 'production-presentation.acme.test, production-edition.acme.test')
    const {links} = await configured(ledger)
    t.equal(links.find(({tenant, site}) => tenant === 'acme' && site === 'north')?.edge, 'north-1')
  })

  await t.test('a missing second VPN is told, and a tenant with a VPN is not removed', async t => {
    const sites = {sites: {primary: 'north', secondary: 'south'}}
    await ledger.owner.all`update tenant set contract = contract || ${sites} where name in ('acme', 'globex', 'plain')`
    t.same(await vpnsWithoutSecond(ledger), [{tenant: 'globex', site: 'south'}])
    const {clock, home, env} = {clock: systemClock, home: '/', env: {}}
    const found = await secondVpns.run({ledger, clock, home, env} as unknown as Patient)
    t.match(found, [{subject: 'globex', state: 'warning', found: 'none there'}])
    const removal = readyToRemove(ledger, 'acme', {home: '/', keep: 'P30D'})
    await t.rejects(removal, {
      code: 'vpn-unfit',
      message: 'acme still has the VPN acme/north, acme/south; nothing was removed.',
    })
  })

  await t.test('its page is in both languages and escapes what customers wrote', async t => {
    const matrix = await flowMatrix(ledger, 'acme/production')
    t.match(matrixPage(matrix, 'fr'), /<html lang="fr">[\s\S]*Matrice de flux – acme\/production/)
    const [first] = matrix.items
    const evil = {items: first ? [{...first, reason: '<script>alert("1")</script>'}] : []}
    t.match(matrixPage(evil, 'en'), '&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt;')
  })
})
