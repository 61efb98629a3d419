import {readFileSync} from 'node:fs'
import t from 'tap'
import {checkedSpec} from '../../src/vpn/read.ts'

interface Case {
  readonly name: string
  readonly replace?: readonly [string, string]
  readonly whole?: string
  /** As many networks. */
  readonly selectors?: number
  /** The paths of the problems, each at least once and no other; `*` allows any. */
  readonly paths: readonly string[]
  readonly says?: string
}

const acme = readFileSync(new URL('../../examples/vpn-acme.yaml', import.meta.url), 'utf8')
const cases: readonly Case[] = JSON.parse(readFileSync(new URL('../case/vpn/bad.json', import.meta.url), 'utf8'))
const only = '  - {network: 10.20.0.0/16}\n'

t.test('the example is a specification, with the strongest proposal when none is named', async t => {
  const {document, problems} = checkedSpec(Buffer.from(acme))
  t.same(problems, [])
  t.match(document, {tenant: 'acme', proposal: 'aes256gcm16-prfsha384-ecp384', networks: [{network: '10.20.0.0/16'}]})
})

for (const bad of cases) {
  t.test(`no specification: ${bad.name}`, async t => {
    const {problems} = checkedSpec(Buffer.from(textOf(bad)))
    t.ok(problems.length > 0, 'it is refused')
    if (!bad.paths.includes('*')) t.same([...new Set(problems.map(({path}) => path))].sort(), [...bad.paths].sort())
    for (const {line, column, expected, remedy} of problems) t.ok(line > 0 && column > 0 && expected && remedy)
    if (bad.says !== undefined) t.match(problems.map(({expected}) => expected).join('\n'), new RegExp(bad.says))
  })
}

t.test('all problems come at once, in the order of the file', async t => {
  const text = acme
    .replace('type: ipsec', 'type: pptp')
    .replace('10.20.0.0/16', '10.20.0.1/16')
    .replace('port: 636', 'port: 0')
    .concat('pfs: false\n')
  const paths = checkedSpec(Buffer.from(text)).problems.map(({path}) => path)
  t.same(paths, ['type', 'networks[0].network', 'servers[0].port', 'pfs'])
})

t.test('a private line is a specification too', async t => {
  const text = acme
    .replace(
      'type: ipsec',
      'type: private-line\nline: {interface: eth1, nextHop: 10.9.0.1, carrier: Orange, leadDays: 28}',
    )
    .replace(/peer:\n.*\n.*\n/, '')
    .replace('authentication: {method: psk}\n', '')
  t.same(checkedSpec(Buffer.from(text)).problems, [])
})

function textOf({replace, whole, selectors}: Case): string {
  if (whole !== undefined) return whole
  if (selectors !== undefined) {
    const list = Array.from({length: selectors}, (_, at) => `  - {network: 10.${at >> 8}.${at & 255}.0/24}\n`)
    return acme.replace(only, list.join(''))
  }
  if (replace && !acme.includes(replace[0])) throw new Error(`the example does not contain ${replace[0]}`)
  return replace ? acme.replace(replace[0], () => replace[1]) : acme
}
