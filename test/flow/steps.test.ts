import {readFileSync} from 'node:fs'
import t from 'tap'
import type {Role, Seat} from '../../src/flow/model.ts'
import {ruleset} from '../../src/flow/steps.ts'
import {flows} from '../../src/flow/table.ts'

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
const around = {controlPlane: ['10.77.1.1'], packagePorts: [80, 443]}
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
  const open = matches(inputOf(database), /^ {4}(ip6? saddr \{.*\}) tcp dport 20000-23999 accept/gm)
  t.same(open, ['ip saddr { 10.77.1.11 }', 'ip6 saddr { fd5e::11 }'])
})

t.test('a party that is nowhere gets no rule', async t => {
  t.notMatch(of(app), 'service engine')
  const known = ruleset({host: app, fleet, around: {...around, serviceEngine: ['192.0.2.7']}})
  t.match(known, 'ip daddr { 192.0.2.7 } tcp dport 443 accept comment "presentation to service engine')
})

t.test('only what fetches packages may ask the web: no service of an environment can', async t => {
  for (const host of fleet) {
    t.match(outputOf(host), 'meta skuid { root, _apt, selfhelp } tcp dport { 80, 443 } accept')
    t.notMatch(outputOf(host), /^ {4}tcp dport \S*(?:80|443)\S* accept/m, host.name)
  }
})

t.test('the order of the fleet changes nothing', async t => {
  t.equal(ruleset({host: database, fleet: [...fleet].reverse(), around}), of(database))
})

t.test('the ruleset of each host is the agreed one', async t => {
  for (const host of fleet)
    t.equal(of(host), readFileSync(new URL(`../golden/nftables/${host.name}.nft`, import.meta.url), 'utf8'), host.name)
})
