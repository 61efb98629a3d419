import t from 'tap'
import type {Role, Seat} from '../../src/flow/model.ts'
import {ruleset} from '../../src/flow/steps.ts'
import {flows} from '../../src/flow/table.ts'
import {sameAsFile} from '../support/golden.ts'

const seat = (name: string, number: number, roles: readonly Role[]): Seat => ({
  name,
  roles,
  addresses: [`10.77.1.${number}`, `fd5e::${number}`],
})
const app = seat('north-1', 11, ['presentation', 'edition'])
const edge = seat('north-2', 12, ['edge'])
const database = seat('north-3', 13, ['database'])
const repository = seat('south-1', 14, ['repository'])
const fleet = [app, edge, database, repository]
const accounts = ['root', 'selfhelp', '_apt', 'systemd-timesync', 'systemd-network']
const around = {controlPlane: ['10.77.1.1'], packagePorts: [80, 443], accounts}
const of = (host: Seat) => ruleset({host, fleet, around})
const inputOf = (host: Seat) => of(host).split('chain forward')[0] ?? ''
const outputOf = (host: Seat) => of(host).split('chain output')[1] ?? ''
const matches = (text: string, pattern: RegExp) => [...new Set([...text.matchAll(pattern)].map(found => found[1]))]

t.test('the baseline rows of the contract are in the table', async t => {
  const baseline = flows.filter(flow => flow.port === 443).map(flow => flow.rule)
  t.same(baseline, ['R108', 'R109', 'R110', 'R111', 'R112', 'R113'])
  t.ok(flows.every(flow => /^R\d{3}$/.test(flow.rule) && flow.reason))
})

t.test('from anywhere only an edge is reached, on 443 and 80', async t => {
  const open = (host: Seat) => matches(inputOf(host), /^ {4}(?:tcp|udp) dport (\S+) accept/gm)
  t.same(open(edge).sort(), ['443', '80'])
  for (const host of [app, database, repository]) t.same(open(host), [], host.name)
})

t.test('ssh is open to the control plane only, on every host', async t => {
  for (const host of fleet) {
    t.match(inputOf(host), 'ip saddr { 10.77.1.1 } tcp dport 22 accept', host.name)
    t.equal(inputOf(host).match(/dport 22 /g)?.length, 1)
    t.notMatch(outputOf(host), 'dport 22 ')
  }
})

t.test('a database hears presentation and edition and nobody else', async t => {
  const open = matches(inputOf(database), /^ {4}(ip6? saddr \S+) tcp dport 20000-23999 accept/gm)
  t.same(open, [
    'ip saddr @presentation_ip',
    'ip6 saddr @presentation_ip6',
    'ip saddr @edition_ip',
    'ip6 saddr @edition_ip6',
  ])
  for (const role of ['presentation', 'edition']) {
    t.match(inputOf(database), new RegExp(`set ${role}_ip \\{[^}]* elements = \\{ 10\\.77\\.1\\.11 \\}`))
    t.match(inputOf(database), new RegExp(`set ${role}_ip6 \\{[^}]* elements = \\{ fd5e::11 \\}`))
  }
})

t.test('a party that is nowhere gets no rule', async t => {
  t.notMatch(of(app), 'service engine')
  const known = ruleset({host: app, fleet, around: {...around, serviceEngine: ['192.0.2.7']}})
  t.match(known, 'ip daddr { 192.0.2.7 } tcp dport 443 accept comment "presentation to service engine')
})

t.test('what goes out to anywhere is begun by programs of the system: no service of an environment can', async t => {
  for (const host of fleet) {
    const out = outputOf(host)
    t.match(out, 'meta skuid { root, selfhelp, _apt } tcp dport { 80, 443 } accept')
    for (const protocol of ['udp', 'tcp'])
      t.match(out, `meta skuid { root, selfhelp, _apt } ${protocol} dport 53 accept`)
    t.match(out, 'meta skuid { root, selfhelp, systemd-timesync } udp dport 123 accept')
    t.match(out, 'meta skuid { root, selfhelp, systemd-network } udp dport 67 accept')
    t.notMatch(out, /^ {4}(?:udp|tcp) dport .* accept/m, `${host.name} lets nobody's packets go everywhere`)
    t.notMatch(out, /unbound|_chrony/, 'an account that a host has not would keep its firewall from being loaded')
  }
})

t.test('nobody but their holders answers at the ports of environments, on loopback neither', async t => {
  const held = (host: Seat) =>
    matches(outputOf(host).split('oif "lo" accept')[0] ?? '', /tcp sport (\S+) .* skuid != \S+ counter drop/g)
  t.same(held(app), ['24000-27999', '28000-31999'])
  t.same(held(database), ['20000-23999'])
  t.same([edge, repository].flatMap(held), [])
  t.match(outputOf(database), 'skuid != postgres counter drop')
})

t.test('the order of the fleet changes nothing', async t => {
  t.equal(ruleset({host: database, fleet: [...fleet].reverse(), around}), of(database))
})

t.test('the ruleset of each host is the agreed one', async t => {
  for (const host of fleet) sameAsFile(t, `test/golden/nftables/${host.name}.nft`, of(host))
})
