import t from 'tap'
import {french} from '../../src/flow/french.ts'
import type {Derived, Role, Seat} from '../../src/flow/model.ts'
import {ruleset} from '../../src/flow/steps.ts'
import {flows} from '../../src/flow/table.ts'
import {agrees, type Pair, type Point, pairsOf, verifyFlows} from '../../src/flow/verify.ts'

const seat = (name: string, number: number, roles: readonly Role[]): Seat => {
  return {name, roles, addresses: [`10.77.1.${number}`, `fd5e::${number}`]}
}
const edge = seat('north-1', 11, ['edge'])
const presentation = seat('north-2', 12, ['presentation'])
const edition = seat('north-3', 13, ['edition'])
const database = seat('north-4', 14, ['database'])
const all = [edge, presentation, edition, database]
const doors = all.map(each => ({seat: each, listening: new Set(each === edge ? [22, 80, 443] : [22, 24001, 20001])}))

type Answers = (target: string) => string
const point = (name: string, seat: Seat | undefined, answers: Answers = () => 'no-answer'): Point => {
  const dial: Point['dial'] = async targets => new Map(targets.map(target => [target, answers(target)]))
  return {name, dial, ...(seat ? {seat} : {})}
}
const outside = point('outside', undefined)
const pairs = pairsOf({points: [outside, ...all.map(each => point(each.name, each))], doors, flows, derived: []})
const of = (from: string, to: string) => pairs.filter(pair => pair.from === from && pair.to === to)
const open = (list: readonly Pair[]) => [
  ...new Set(list.filter(({expected}) => expected === 'passes').map(({target}) => target)),
]

t.test('from outside only an edge is expected to answer, on 443 and 80, by IPv4 and IPv6', async t => {
  t.same(open(of('outside', 'north-1')), ['10.77.1.11,80', 'fd5e::11,80', '10.77.1.11,443', 'fd5e::11,443'])
  for (const {name} of all.slice(1)) t.same(open(of('outside', name)), [], name)
})

t.test('presentation never opens a connection to edition, and nobody outside one to a database', async t => {
  t.same(open(of('north-2', 'north-3')), [], 'C3')
  t.ok(
    of('outside', 'north-4').some(({target}) => target.endsWith(',5432')),
    'R012 is tried',
  )
})

t.test('every port that anybody listens on is tried on everybody', async t => {
  const ports = new Set(of('outside', 'north-2').map(({target}) => target.split(',')[1]))
  for (const port of ['22', '80', '443', '5432', '20001', '24001']) t.ok(ports.has(port), port)
})

t.test('through a tunnel the ordered port is to pass and the one beside it is not', async t => {
  const row: Derived = {
    ...{
      from: 'presentation',
      to: 'customer server',
      protocol: 'tcp',
      port: 636,
      reason: 'r',
      rule: 'R061',
      tenant: 'acme',
    },
    ...{of: 'vpn acme/north directory', hosts: ['north-2'], via: 'north-9', address: '10.20.0.10'},
  }
  const own = pairsOf({
    points: [point('north-2', presentation), point('north-1', edge)],
    doors: [],
    flows,
    derived: [row],
  })
  t.match(own, [
    {from: 'north-2', target: '10.20.0.10,636', expected: 'passes'},
    {from: 'north-2', target: '10.20.0.10,637', expected: 'refused by a firewall'},
  ])
  t.equal(own.length, 2)
})

t.test('one answer of several that is wrong is told, a port that says no too', async t => {
  let time = 0
  const fickle = point('outside', undefined, target => {
    if (/,(?:80|443)$/.test(target) && target.includes('11')) return 'passes'
    return target === '10.77.1.14,22' && ++time === 2 ? 'refused' : 'no-answer'
  })
  const dropped = async () => 0
  const found = await verifyFlows({points: [fickle], doors, flows, derived: [], times: 3, dropped})
  t.match(found.items, [{from: 'outside', to: 'north-4', target: '10.77.1.14,22', found: 'refused'}])
  t.equal(found.items.length, 1)
})

t.test('firewalls that dropped less than was refused did not refuse it', async t => {
  const verified = {tried: 10, passed: 0, refused: 10, dropped: 29, items: []}
  t.notOk(agrees(verified, 3))
  t.ok(agrees({...verified, dropped: 30}, 3))
})

t.test('every reason and every party of the table has its French', async t => {
  for (const {reason, from, to} of flows) for (const text of [reason, from, to]) t.ok(french[text], text)
})

t.test('a host may meet the open door of an edge where its package sources are', async t => {
  const gateway = {...point('north-9', seat('north-9', 19, ['gateway'])), anywhere: [80]}
  const met = pairsOf({points: [gateway], doors: doors.slice(0, 1), flows, derived: []}).map(({target}) => target)
  t.notOk(met.some(target => target.endsWith(',80')))
  t.ok(met.some(target => target.endsWith(',443')))
})

t.test("a customer's own account is to reach no port of its neighbours on the same host, the balancer is", async t => {
  const both = seat('north-1', 11, ['edge', 'presentation', 'edition', 'database'])
  const door = {seat: both, listening: new Set([443]), allotted: [20_001, 24_001, 28_001, 24_002]}
  const as = (account: string) =>
    pairsOf({points: [{...point(account, both), account}], doors: [door], flows, derived: []})
  const found = as('eabcdef')
  t.same([...new Set(found.map(({expected}) => expected))], ['refused by a firewall'])
  t.same([...new Set(found.map(({target}) => target.split(',')[1]))], ['24001', '28001', '24002'])
  t.ok(
    found.some(({target}) => target.startsWith('127.0.0.1,')) &&
      found.some(({target}) => target.startsWith('fd5e::11,')),
  )
  t.same(as('haproxy'), [])
  const rules = ruleset({
    host: both,
    fleet: [both],
    around: {controlPlane: ['10.99.1.1'], packagePorts: [80], accounts: []},
  })
  t.match(rules, 'oif "lo" tcp dport 24000-27999 ct state new meta skuid != { root, haproxy } counter drop')
  t.ok(rules.indexOf('ct state new meta skuid') < rules.indexOf('oif "lo" accept'), 'before loopback is let pass')
})
