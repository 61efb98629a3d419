import {execFileSync} from 'node:child_process'
import {writeFileSync} from 'node:fs'
import t from 'tap'
import type {Link, Role, Seat} from '../../src/flow/model.ts'
import {innerOf, ruleset} from '../../src/flow/steps.ts'
import {derived} from '../../src/flow/table.ts'
import {sameAsFile} from '../support/golden.ts'

const seat = (name: string, number: number, roles: readonly Role[]): Seat => ({
  name,
  roles,
  addresses: [`10.77.1.${number}`, `fd5e::${number}`],
})
const gateway = seat('north-4', 14, ['gateway'])
const app = seat('north-1', 11, ['edge', 'presentation', 'edition'])
const other = seat('north-2', 12, ['presentation'])
const fleet = [gateway, app, other]
const accounts = ['root', 'selfhelp', '_apt', 'systemd-timesync', 'systemd-network']
const around = {controlPlane: ['10.77.1.1'], packagePorts: [80, 443], accounts}

const acme: Link = {
  ...{tenant: 'acme', site: 'north', gateway: 'north-4', number: 1, inner: innerOf(1), peer: '198.51.100.7'},
  networks: [{network: '10.20.0.0/16'}, {network: 'fd00:1::/48'}],
  servers: [
    {name: 'directory', purpose: 'ldap', address: '10.20.0.10', port: 636},
    {name: 'mail', purpose: 'mail', address: 'fd00:1::25', port: 465},
  ],
  users: ['north-1'],
}
const globex: Link = {
  ...{tenant: 'globex', site: 'north', gateway: 'north-4', number: 2, inner: innerOf(2), peer: '198.51.100.8'},
  networks: [{network: '10.20.0.0/16', seenAs: '100.96.0.0/16'}],
  servers: [{name: 'directory', purpose: 'ldap', address: '10.20.0.10', port: 636}],
  users: ['north-1'],
}

const of = (host: Seat, links: readonly Link[]) => {
  return ruleset({host, fleet, around, more: {links, rows: derived(links)}})
}

t.test('without links nothing changes on any host', async t => {
  for (const host of fleet) t.equal(of(host, []), ruleset({host, fleet, around}))
})

t.test('a host that no link concerns has the ruleset it had', async t => {
  t.equal(of(other, [acme, globex]), ruleset({host: other, fleet, around}))
})

t.test('a gateway hears IKE and ESP from the declared peers alone', async t => {
  const text = of(gateway, [acme])
  t.match(
    text,
    /set in_udp_ip \{\n {4}type ipv4_addr \. inet_service\n {4}elements = \{ 198\.51\.100\.7 \. 4500, 198\.51\.100\.7 \. 500 \}/,
  )
  t.match(text, 'meta l4proto esp ip saddr @in_esp_ip accept')
  t.notMatch(text.replace(/@in_udp_ip|@out_udp_ip/g, ''), /dport (?:500|4500) accept/)
})

t.test('only who serves the tenant passes to its servers, by the names our side has for them', async t => {
  const text = of(gateway, [acme, globex])
  const passing = /set through_tcp_ip \{[^}]*\}/.exec(text)?.[0] ?? ''
  t.match(passing, '10.77.1.11 . 10.20.0.10 . 636')
  t.match(passing, '10.77.1.11 . 100.96.0.10 . 636')
  t.notMatch(passing, '10.77.1.12')
  t.match(of(app, [acme, globex]), /set out_tcp_ip \{[^}]*10\.20\.0\.10 \. 636, 100\.96\.0\.10 \. 636/)
})

t.test('a link that carries nobody forwards nothing', async t => {
  t.notMatch(of(gateway, [{...acme, users: []}]), 'meta mark 1-65000 accept')
})

t.test('two customers with the same numbers are told apart by mark', async t => {
  const text = of(gateway, [acme, globex])
  t.match(text, 'dnat ip prefix to ip daddr map { 100.96.0.0/16 : 10.20.0.0/16 }')
  t.match(text, 'meta mark set ip daddr map { 10.20.0.0/16 : 1, 100.96.0.0/16 : 2 }')
  t.match(text, 'snat ip to meta mark map { 1 : 100.64.0.1, 2 : 100.64.0.2 }')
  sameAsFile(t, 'test/golden/nftables/north-4.nft', text)
})

t.test('people come through a tunnel only where it was agreed, from the agreed networks, to the edge', async t => {
  t.notMatch(of(gateway, [acme, globex]), /people|masquerade/, 'by default nobody does (R089)')
  const text = of(gateway, [{...acme, edge: 'north-1'}, globex])
  t.match(text, /set people_ip \{[^}]*flags interval\n {4}elements = \{ 10\.20\.0\.0\/16 \. 100\.64\.0\.1 \}/)
  t.match(text, 'meta mark 65535 dnat ip to ip daddr map { 100.64.0.1 : 10.77.1.11 }')
  t.match(text, 'meta mark 65535 accept comment')
  t.notMatch(text, /people[^}]*100\.64\.0\.2/, 'the neighbour agreed on nothing')
  t.equal(of(app, [{...acme, edge: 'north-1'}]), of(app, [acme]), 'the edge is open to anyone already')
  sameAsFile(t, 'test/golden/nftables/north-4-people.nft', text)
})

t.test('a thousand tenants are more elements, not more rules', async t => {
  const many = (count: number) =>
    Array.from({length: count}, (_, at): Link => {
      const tenant = `t${at}`
      const networks = [{network: `10.${100 + (at >> 8)}.${at & 255}.0/24`}]
      const address = `10.${100 + (at >> 8)}.${at & 255}.9`
      const servers = [{name: 'directory', purpose: 'ldap', address, port: 636} as const]
      return {
        ...acme,
        tenant,
        number: at + 1,
        inner: innerOf(at + 1),
        networks,
        servers,
        peer: `198.18.${at >> 8}.${at & 255}`,
      }
    })
  const rules = (count: number) => of(gateway, many(count)).match(/ accept| drop| map /g)?.length
  t.equal(rules(1000), rules(10))
})

t.test('the kernel takes it', {skip: process.getuid?.() !== 0 && 'needs root'}, async t => {
  const folder = t.testdir({})
  for (const host of [gateway, app]) {
    const file = `${folder}/${host.name}.nft`
    // A host has these accounts; the machine of the test need not.
    writeFileSync(
      file,
      of(host, [{...acme, edge: 'north-1'}, globex]).replaceAll(/skuid (?:!= )?(?:\{ [^}]*\}|postgres)/g, 'skuid root'),
    )
    t.doesNotThrow(
      () => execFileSync('unshare', ['-n', 'nft', '-f', file], {stdio: ['ignore', 'ignore', 'pipe']}),
      host.name,
    )
  }
})
