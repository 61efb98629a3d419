import t from 'tap'
import {Html, html} from '../src/web/html.ts'
import {createLimit} from '../src/web/limit.ts'
import {networkOf} from '../src/web/listener.ts'
import {words} from '../src/web/words.ts'

t.test('a value never becomes markup', async t => {
  const hostile = `<script>alert('1')</script>&"`
  t.equal(html`<p title="${hostile}">${hostile}</p>`.text.match(/[<>]/g)?.length, 4)
  t.equal(html`${[html`<b>${'<'}</b>`, false, undefined, null, 0]}`.text, '<b>&#60;</b>0')
  t.ok(html`x` instanceof Html)
})

t.test('both languages say everything', async t => {
  t.same(Object.keys(words.fr).sort(), Object.keys(words.en).sort())
  for (const locale of ['fr', 'en'] as const) {
    for (const [name, text] of Object.entries(words[locale])) t.match(text, /\S/, `${locale} ${name}`)
  }
})

t.test('tries are counted within a window and forgotten after it', async t => {
  let now = 0
  const limit = createLimit(3, 60_000, () => now)
  for (let count = 0; count < 3; count++) {
    t.equal(limit.wait('jane'), 0)
    limit.note('jane')
    now += 1000
  }
  t.equal(limit.wait('jane'), 57)
  t.equal(limit.wait('john'), 0)
  now = 60_001
  t.equal(limit.wait('jane'), 0)
  limit.clear('jane')
  limit.note('jane')
  t.equal(limit.wait('jane'), 0)
})

t.test('a flood of keys is forgotten, oldest first, instead of filling the memory', async t => {
  const limit = createLimit(1, 60_000, () => 0)
  for (let key = 0; key <= 10_000; key++) limit.note(`${key}`)
  t.equal(limit.wait('0'), 0)
  t.ok(limit.wait('1') > 0)
})

t.test('tries are counted for an IPv4 address, and for the whole network an IPv6 address is in', async t => {
  const cases = {
    '192.0.2.7': '192.0.2.7',
    '::ffff:192.0.2.7': '192.0.2.7',
    '2001:db8:1:2:3:4:5:6': '2001:db8:1:2::/64',
    '2001:db8:1:2::ffff': '2001:db8:1:2::/64',
    '2001:0db8::1': '2001:db8:0:0::/64',
    '::1': '0:0:0:0::/64',
    unknown: 'unknown',
  }
  for (const [address, network] of Object.entries(cases)) t.equal(networkOf(address), network, address)
})
