import fc from 'fast-check'
import t from 'tap'
import {Temporal} from 'temporal-polyfill'
import {canonical} from '../../src/ledger/canonical.ts'
import {masked} from '../../src/ledger/mask.ts'
import {Secret} from '../../src/secret/secret.ts'

t.test('equal values have one spelling, whatever the order of their keys', async t => {
  t.equal(canonical({b: 1, a: [true, null, {d: undefined, c: 'é'}]}), '{"a":[true,null,{"c":"é"}],"b":1}')
  t.equal(
    canonical({at: Temporal.Instant.from('2026-11-22T12:00Z'), s: new Secret('x')}),
    '{"at":"2026-11-22T12:00:00Z","s":"***"}',
  )
  fc.assert(
    fc.property(fc.jsonValue(), value => {
      const text = canonical(value)
      return text === canonical(JSON.parse(text)) && text === canonical(shuffled(value))
    }),
  )
})

t.test('what looks like a secret is masked before it is written down', async t => {
  const key = '-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n-----END OPENSSH PRIVATE KEY-----'
  t.same(
    masked({
      password: 'a',
      dbPassword: new Secret('b'),
      url: 'postgresql://u:p4ss@h/d',
      key,
      nested: [{apiToken: 'c'}],
      fine: 1,
    }),
    {
      password: '***',
      dbPassword: '***',
      url: 'postgresql://u:***@h/d',
      key: '***',
      nested: [{apiToken: '***'}],
      fine: 1,
    },
  )
  t.same(masked({text: 'a\0b\uD800'}), {text: 'a\uFFFDb\uFFFD'}, 'PostgreSQL keeps neither')
})

function shuffled(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(shuffled)
  if (value === null || typeof value !== 'object') return value
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([key, member]) => [key, shuffled(member)]),
  )
}
