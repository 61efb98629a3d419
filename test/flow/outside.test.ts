import t from 'tap'
import type {Role} from '../../src/flow/model.ts'
import {judged} from '../../src/flow/outside.ts'
import type {RunThere} from '../../src/flow/points.ts'
import {type Heard, heardIn, scanFrom} from '../../src/flow/scan.ts'
import {flows} from '../../src/flow/table.ts'

/** As nmap 7.93 wrote it. */
const xml = `<nmaprun><host starttime="1"><status state="up" reason="user-set" reason_ttl="0"/>
<address addr="10.77.1.11" addrtype="ipv4"/>
<ports><extraports state="filtered" count="65532"><extrareasons reason="no-response" count="65532" proto="tcp" ports="1-79,81-442,444-65535"/></extraports>
<extraports state="open|filtered" count="2"><extrareasons reason="no-response" count="2" proto="udp" ports="53,500"/></extraports>
<extraports state="closed" count="2"><extrareasons reason="port-unreach" count="2" proto="udp" ports="123,161"/></extraports>
<port protocol="tcp" portid="80"><state state="open" reason="syn-ack" reason_ttl="63"/></port>
<port protocol="tcp" portid="443"><state state="open" reason="syn-ack" reason_ttl="63"/></port>
<port protocol="tcp" portid="8080"><state state="closed" reason="reset" reason_ttl="63"/></port>
</ports></host>`

const door = (name: string, roles: readonly Role[], address: string) => ({
  seat: {name, roles, addresses: [address, 'fe80::1', '100.64.0.1']},
  listening: new Set(roles.includes('edge') ? [22, 80, 443] : [22]),
})
const edge = door('north-1', ['edge'], '10.77.1.11')
const gateway = door('north-2', ['gateway'], '10.77.1.12')
const of = (heard: readonly Heard[]) => judged({doors: [edge, gateway], flows, from: 'outside'}, heard)
const shown = ['80', '443'].map((ports): Heard => ({address: '10.77.1.11', protocol: 'tcp', ports, state: 'open'}))

t.test('what a scan hears is every port that answered, summed up or not; silence is none', async t => {
  const {scanned, items} = heardIn(xml)
  t.same([...scanned], ['10.77.1.11'])
  t.same(
    items.map(({protocol, ports, state}) => `${protocol} ${ports} ${state}`),
    ['tcp 80 open', 'tcp 443 open', 'tcp 8080 closed', 'udp 123,161 closed'],
  )
})

t.test('an edge shows 80 and 443, and every other host nothing', async t => {
  t.same(of(shown), [])
  const strange: Heard = {address: '10.77.1.12', protocol: 'udp', ports: '500', state: 'open'}
  t.same(of([...shown, strange]), [
    {from: 'outside', to: 'north-2', target: '10.77.1.12,udp 500', expected: 'refused by a firewall', found: 'open'},
  ])
  t.match(of([...shown, {...strange, protocol: 'tcp', ports: '443'}]), [{to: 'north-2', target: '10.77.1.12,tcp 443'}])
})

t.test('a port that is let through though nobody listens is a hole too', async t => {
  t.match(of([...shown, {address: '10.77.1.11', protocol: 'tcp', ports: '8080', state: 'closed'}]), [{found: 'closed'}])
})

t.test('a door that should be open and is silent is told', async t => {
  t.match(of(shown.slice(0, 1)), [
    {to: 'north-1', target: '10.77.1.11,tcp 443', expected: 'passes', found: 'no-answer'},
  ])
})

t.test(
  'each address family is one scan, at the rate that was given, and one that left a host out has failed',
  async t => {
    const asked: (readonly string[])[] = []
    const run: RunThere = async argv => {
      asked.push(argv)
      return {exit: 0, out: xml, err: ''}
    }
    await scanFrom(run, {addresses: ['10.77.1.11'], rate: 500})
    t.same(asked[0]?.slice(0, 5), ['nmap', '-n', '-Pn', '-sS', '-sU'])
    t.ok(asked[0]?.join(' ').includes('--max-rate 500 '))
    await t.rejects(scanFrom(run, {addresses: ['10.77.1.11', 'fd5e::12'], rate: 500}), {code: 'probe-failed'})
    t.equal(asked[2]?.[1], '-6')
  },
)
