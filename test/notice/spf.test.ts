import t from 'tap'
import {type Names, type Spf, spfOf} from '../../src/notice/spf.ts'

const txt: Readonly<Record<string, readonly string[]>> = {
  'acme.test': ['unrelated', 'v=spf1 ip4:192.0.2.0/28 mx include:_spf.cmc.test -all'],
  '_spf.cmc.test': ['v=spf1 ip4:198.51.100.7 ip6:2001:db8::/32 ?all'],
  'soft.test': ['v=spf1 a/24 ~all'],
  'moved.test': ['v=spf1 redirect=acme.test'],
  'twice.test': ['v=spf1 -all', 'v=spf1 +all'],
  'loop.test': ['v=spf1 include:loop.test -all'],
  'macro.test': ['v=spf1 include:%{i}.spf.test -all'],
  'open.test': ['v=spf1 +all'],
}
const addresses: Readonly<Record<string, readonly string[]>> = {
  'mx.acme.test': ['203.0.113.5'],
  'soft.test': ['192.0.2.200'],
}
const names: Names = {
  txt: async name => txt[name] ?? [],
  addresses: async name => addresses[name] ?? [],
  mailServers: async name => (name === 'acme.test' ? ['mx.acme.test'] : []),
}

const cases: readonly (readonly [domain: string, address: string, expected: Spf])[] = [
  ['acme.test', '192.0.2.15', 'pass'],
  ['acme.test', '192.0.2.16', 'fail'],
  ['acme.test', '203.0.113.5', 'pass'],
  ['acme.test', '198.51.100.7', 'pass'],
  ['acme.test', '2001:db8::25', 'pass'],
  ['acme.test', '2001:db9::25', 'fail'],
  ['soft.test', '192.0.2.9', 'pass'],
  ['soft.test', '192.0.3.9', 'softfail'],
  ['moved.test', '203.0.113.5', 'pass'],
  ['moved.test', '203.0.113.6', 'fail'],
  ['open.test', '203.0.113.6', 'pass'],
  ['nothing.test', '203.0.113.6', 'none'],
  ['twice.test', '203.0.113.6', 'broken'],
  ['loop.test', '203.0.113.6', 'broken'],
  ['macro.test', '203.0.113.6', 'broken'],
]

t.test('a sender domain lets an address send, or does not (RFC 7208)', async t => {
  for (const [domain, address, expected] of cases)
    t.equal(await spfOf(domain, address, names), expected, `${domain} ${address}`)
})
