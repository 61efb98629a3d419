import t from 'tap'
import {network} from '../../src/flow/steps.ts'
import type {Spec, Vpn} from '../../src/vpn/model.ts'
import {clashes, refuseClashes, refuseOurName, refuseSharedPeer, takenBy} from '../../src/vpn/neighbour.ts'
import {sized} from '../../src/vpn/size.ts'
import {refuseUnreachable} from '../../src/vpn/steps.ts'
import {acme, host, vpn} from './agreed.ts'

const add = (spec: Spec, others: readonly Vpn[]) => () =>
  refuseClashes(spec, takenBy([host('north-1', '10.77.1.11')], others))
const globex = {...acme, tenant: 'globex'}

t.test('the same private network at two customers is refused with both named, and renaming it is offered', async t => {
  t.throws(add(globex, [vpn(acme)]), {
    code: 'vpn-overlap',
    message: /10\.20\.0\.0\/16 of globex overlaps 10\.20\.0\.0\/16 of the VPN acme\/north/,
    remedies: [/seenAs: 100\.96\.0\.0\/16/],
  })
})

t.test('what was offered is taken, and the next customer is offered another', async t => {
  const renamed = {...globex, networks: [{network: '10.20.0.0/16', seenAs: '100.96.0.0/16'}]}
  t.doesNotThrow(add(renamed, [vpn(acme)]))
  const [next] = clashes({...acme, tenant: 'initech'}, takenBy([], [vpn(acme), vpn(renamed, 2)]))
  t.equal(next?.seenAs, '100.97.0.0/16')
})

t.test('several overlaps of one customer are all named, each with a block of its own', async t => {
  const two = {...globex, networks: [{network: '10.20.1.0/24'}, {network: '10.20.2.0/24'}]}
  const offered = clashes(two, takenBy([], [vpn(acme)])).map(each => each.seenAs)
  t.same(offered, ['100.96.0.0/24', '100.96.1.0/24'])
})

t.test('a network that holds a host of ours is refused with the host named', async t => {
  t.throws(add({...acme, networks: [{network: '10.77.0.0/16'}]}, []), {
    message: /overlaps 10\.77\.1\.11 of our host north-1/,
  })
})

t.test('a network around another, or within it, overlaps it; a neighbour does not', async t => {
  const taken = [{network: network('10.20.4.0/22'), by: 'somebody'}]
  const meets = (text: string) => clashes({...acme, networks: [{network: text}]}, taken).length > 0
  for (const text of ['10.20.0.0/16', '10.20.5.0/24', '10.20.4.0/22', '10.20.7.255']) t.ok(meets(text), text)
  for (const text of ['10.20.0.0/22', '10.20.8.0/22', 'fd00::/32']) t.notOk(meets(text), text)
})

t.test('IPv6 is compared as IPv6, and no renaming is offered for it', async t => {
  const spec = {...acme, networks: [{network: 'fd00:1::/48'}]}
  const [clash] = clashes({...spec, tenant: 'globex'}, takenBy([], [vpn(spec)]))
  t.match(clash, {network: 'fd00:1::/48', with: 'the VPN acme/north', seenAs: undefined})
})

t.test('one identity is one customer', async t => {
  t.throws(() => refuseSharedPeer(globex, [vpn(acme)]), {code: 'vpn-overlap', message: /vpn\.acme\.test/})
  t.doesNotThrow(() => refuseSharedPeer(acme, [vpn({...acme, site: 'south'})]))
})

t.test("a customer's device shows no name of ours", async t => {
  const named = (identity: string) => () =>
    refuseOurName({...acme, peer: {address: '198.51.100.7', identity}}, 'ezvsaas.test')
  for (const ours of ['vpn-north.ezvsaas.test', 'VPN-north.EZVSAAS.test', 'ezvsaas.test'])
    t.throws(named(ours), {code: 'vpn-unfit'}, ours)
  for (const theirs of ['vpn.acme.test', 'notezvsaas.test', '198.51.100.7']) t.doesNotThrow(named(theirs), theirs)
})

t.test('a connector to a private address needs a VPN that leads there, and must say so', async t => {
  const ldap = {name: 'acme/directory', address: '10.20.0.10', port: 636}
  const refused = {code: 'vpn-needed', message: /R065/}
  t.throws(() => refuseUnreachable({...ldap, reachability: 'public'}, []), refused)
  t.throws(() => refuseUnreachable({...ldap, reachability: 'restricted'}, [vpn(acme)]), {
    message: /but the connector is restricted/,
  })
  t.throws(() => refuseUnreachable({...ldap, address: '10.21.0.1', reachability: 'vpn'}, [vpn(acme)]), refused)
  t.throws(() => refuseUnreachable({...ldap, address: '8.8.8.8', reachability: 'vpn'}, [vpn(acme)]), refused)
  t.throws(() => refuseUnreachable({...ldap, port: 389, reachability: 'vpn'}, [vpn(acme)]), {
    message: /no server with port 389/,
  })
  t.doesNotThrow(() => refuseUnreachable({...ldap, reachability: 'vpn'}, [vpn(acme)]))
  t.doesNotThrow(() => refuseUnreachable({...ldap, address: '8.8.8.8', reachability: 'restricted'}, []))
})

t.test('bandwidth follows the busiest second, is called an estimate, and users count with whole pages', async t => {
  const few = sized({users: 3600, mailsPerHour: 720}, [{vpn: 'acme/north', kilobitsPerSecond: 50}])
  t.match(few, {
    estimate: true,
    items: [
      {perSecond: 5, kilobitsPerSecond: 40},
      {perSecond: 1, kilobitsPerSecond: 8},
    ],
  })
  t.match(few, {kilobitsPerSecond: 64, declared: [{enough: false}]})
  const many = sized({users: 0, mailsPerHour: 0, concurrent: 10, pageKilobytes: 100})
  t.equal(many.items[2]?.kilobitsPerSecond, 8000)
  t.throws(() => sized({users: -1, mailsPerHour: 1}), {code: 'input-invalid'})
})
