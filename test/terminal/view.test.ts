import t from 'tap'
import {Temporal} from 'temporal-polyfill'
import {fit} from '../../src/terminal/table.ts'
import {fromNow, show, type View} from '../../src/terminal/view.ts'
import {written} from '../support/streams.ts'

const at = Temporal.Instant.from('2026-11-17T13:32:05Z')
const hosts: View = {
  heads: ['name', 'site', 'seen', 'note'],
  rows: [
    ['north-1', 'north', at, {text: 'answers', tone: 'good'}],
    ['south-1', 'south', undefined, 'two\tlines\nof a note that is far too long for any terminal of eighty columns'],
  ],
  empty: 'No hosts yet.',
}

function shown(view: View, columns?: number): string {
  const out = written(columns)
  show(view, out, Temporal.Instant.from('2026-11-17T13:40:05Z'))
  return out.text
}

t.test('a table on a terminal is aligned and no wider than the terminal', async t => {
  for (const columns of [40, 80, 120]) {
    const lines = shown(hosts, columns).split('\n')
    t.ok(
      lines.every(line => [...line].length <= columns),
      `${columns} columns hold it`,
    )
  }
  t.equal(
    shown(hosts, 60),
    [
      'NAME     SITE   SEEN       NOTE',
      'north-1  north  8 min ago  answers',
      'south-1  south  –          two lines of a note that is far',
      '                           too long for any terminal of',
      '                           eighty columns',
      '',
    ].join('\n'),
  )
})

t.test('a column without any value is left out on a terminal, and kept in a pipe', async t => {
  const view: View = {
    heads: ['name', 'retired', 'key'],
    rows: [
      ['jane', undefined, 'ed25519'],
      ['joe', '', 'ed25519'],
    ],
  }
  t.equal(shown(view, 80), 'NAME  KEY\njane  ed25519\njoe   ed25519\n')
  t.equal(shown(view), 'jane\t\ted25519\njoe\t\ted25519\n')
})

t.test('a time in a table is told from now', async t => {
  const told = [-9e6, -2, 0, 59, 3600, 90_000, 86_400 * 90].map(seconds => fromNow(at.add({seconds}), at))
  t.same(told, ['104 days ago', '2 s ago', 'now', 'in 59 s', 'in 60 min', 'in 25 h', 'in 90 days'])
})

t.test('a table in a pipe is tab-separated, without heads, one line a row', async t => {
  t.equal(
    shown(hosts),
    'north-1\tnorth\t2026-11-17T13:32:05Z\tanswers\n' +
      'south-1\tsouth\t\ttwo lines of a note that is far too long for any terminal of eighty columns\n',
  )
})

t.test('an empty table says so to a person and nothing to a program', async t => {
  const empty = {...hosts, rows: []}
  t.equal(shown(empty, 80), 'No hosts yet.\n')
  t.equal(shown(empty), '')
})

t.test('fields without a value are left out, and an instant is shown in its zone', async t => {
  const view: View = {fields: {name: 'acme', seen: {at, zone: 'Europe/Paris'}, version: undefined, open: true}}
  t.equal(shown(view, 80), 'name  acme\nseen  2026-11-17 14:32 Europe/Paris\nopen  yes\n')
  t.equal(shown(view), 'name\tacme\nseen\t2026-11-17T13:32:05Z\nopen\tyes\n')
})

t.test('the widest columns give way first, and none below its longest word', async t => {
  const words = [4, 8, 4]
  t.same(fit([10, 30, 20], words, 100), [10, 30, 20])
  t.same(fit([10, 30, 20], words, 50), [10, 20, 20])
  t.same(fit([10, 30, 20], words, 20), [6, 8, 6])
})

t.test('no cell of a table is broken within a word, nor cut off', async t => {
  const view: View = {
    heads: ['run', 'what', 'why'],
    rows: [['r7k3fq2a', 'create the tenant acme', 'north-1 did not answer within 20 seconds']],
  }
  t.equal(
    shown(view, 40),
    [
      'RUN       WHAT            WHY',
      'r7k3fq2a  create the      north-1 did',
      '          tenant acme     not answer',
      '                          within 20',
      '                          seconds',
      '',
    ].join('\n'),
  )
})

t.test('where not even the words fit beside each other, each row is told as fields', async t => {
  const view: View = {
    heads: ['name', 'address', 'since'],
    rows: [
      ['acme-qualification-edition', 'https://acme-qualification-edition.ezvsaas.test/', at],
      ['acme', undefined, at],
    ],
  }
  t.equal(
    shown(view, 50),
    [
      'name     acme-qualification-edition',
      'address',
      '  https://acme-qualification-edition.ezvsaas.test/',
      'since    8 min ago',
      '',
      'name   acme',
      'since  8 min ago',
      '',
    ].join('\n'),
  )
})

t.test('a sentence is broken between words, a command or a word that is too long is not', async t => {
  t.equal(shown('  the host did not answer in time', 20), '  the host did not\n  answer in time\n')
  t.equal(shown('next: selfhelp host apply north-1', 20), 'next: selfhelp host apply north-1\n')
  t.equal(shown('at https://acme.ezvsaas.test/welcome', 20), 'at\nhttps://acme.ezvsaas.test/welcome\n')
  t.equal(shown('  the host did not answer in time'), '  the host did not answer in time\n')
})

t.test(
  'a command that ends a sentence stands on a line of its own, and what is listed stays under its dash',
  async t => {
    const empty = 'No environment is backed up: selfhelp environment activate TENANT/production'
    const typed = 'No environment is backed up:\n  selfhelp environment activate TENANT/production\n'
    t.equal(shown(empty, 40), typed)
    t.equal(shown({heads: ['environment'], rows: [], empty}, 40), typed)
    t.equal(shown('- a portal without JavaScript', 20), '- a portal without\n  JavaScript\n')
  },
)

t.test('a long field goes on below itself, and what is to be typed stays one line', async t => {
  const curl = 'curl --cacert /var/lib/selfhelp/ca.pem https://acme.ezvsaas.test/'
  const view: View = {fields: {host: 'north-1', why: 'the host did not answer in time', try: curl}}
  t.equal(
    shown(view, 24),
    ['host  north-1', 'why   the host did not', '      answer in time', `try   ${curl}`, ''].join('\n'),
  )
})
