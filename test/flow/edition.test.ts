// C3: a presentation server must never open a connection to an edition server; edition fetches what it needs.
import fc from 'fast-check'
import t from 'tap'
import {type Derived, type Flow, type Link, type Role, roles, type Seat} from '../../src/flow/model.ts'
import {innerOf, ruleset} from '../../src/flow/steps.ts'
import {derived, flows} from '../../src/flow/table.ts'
import {pairsOf} from '../../src/flow/verify.ts'

const seat = (name: string, number: number, roles: readonly Role[]): Seat => {
  return {name, roles, addresses: [`10.77.1.${number}`, `fd5e::${number}`]}
}
/** Roles that do not serve everybody: an edge is open to anyone, so also to a presentation server. */
const inner = roles.filter(role => role !== 'edge' && role !== 'presentation' && role !== 'edition')
const some = fc.subarray([...inner])
const network = fc
  .tuple(fc.integer({min: 0, max: 250}), fc.integer({min: 0, max: 250}))
  .map(([a, b]) => ({network: `172.16.${a}.0/24`, address: `172.16.${a}.${b}`}))
const link = fc
  .record({
    ...{at: network, number: fc.integer({min: 1, max: 65_000}), port: fc.integer({min: 1, max: 65_535})},
    purpose: fc.constantFrom('ldap', 'mail', 'sso', 'tickets' as const),
  })
  .map(({at, number, port, purpose}): Link => {
    const servers = [{name: 'server', purpose, address: at.address, port}]
    const about = {tenant: 'acme', site: 'north', gateway: 'gateway', number, inner: innerOf(number)}
    return {...about, peer: '198.51.100.7', networks: [{network: at.network}], servers, users: ['reader']}
  })
const place = fc.record({
  reader: some,
  writer: some,
  third: fc.subarray([...roles]),
  links: fc.array(link, {maxLength: 4}),
})

t.test('no row of the table, and none that is derived, lets presentation begin a connection to edition', async t => {
  const begins = ({from, to}: Pick<Flow | Derived, 'from' | 'to'>) => from === 'presentation' && to === 'edition'
  t.notOk(flows.some(begins))
  fc.assert(fc.property(fc.array(link, {maxLength: 20}), links => !derived(links).some(begins)))
})

t.test('whatever else their hosts do, no ruleset opens the way from one to the other', async () => {
  fc.assert(
    fc.property(place, ({reader: more, writer: others, third, links}) => {
      const reader = seat('reader', 11, ['presentation', ...more])
      const writer = seat('writer', 12, ['edition', ...others])
      const fleet = [reader, writer, seat('third', 13, third), seat('gateway', 14, ['gateway'])]
      const around = {controlPlane: ['10.99.1.1'], packagePorts: [80, 443], accounts: ['_apt']}
      const of = (host: Seat) => ruleset({host, fleet, around, more: {links, rows: derived(links)}})
      const allowed = accepted(inlined(of(reader)).split('chain output')[1] ?? '', 'daddr', writer)
      const heard = accepted(
        inlined(of(writer)).split('chain input')[1]?.split('chain forward')[0] ?? '',
        'saddr',
        reader,
      )
      // What both ends let pass: each such rule is of another row, which their other roles give them.
      const both = allowed.filter(port => heard.includes(port))
      const rows = flows
        .filter(({from, to}) => inRoles(reader, from) && inRoles(writer, to))
        .map(({port}) => portText(port))
      return both.every(port => rows.includes(port)) && !rows.some(port => port === '28000-31999')
    }),
  )
})

t.test(
  'a reader that does nothing else has no way at all to a writer that does nothing else, and it is tried',
  async () => {
    const [reader, writer] = [seat('reader', 11, ['presentation']), seat('writer', 12, ['edition'])]
    const point = {name: 'reader', seat: reader, dial: async () => new Map()}
    fc.assert(
      fc.property(fc.array(fc.integer({min: 1, max: 65_535}), {minLength: 1}), listening => {
        const pairs = pairsOf({
          points: [point],
          doors: [{seat: writer, listening: new Set(listening)}],
          flows,
          derived: [],
        })
        return pairs.length >= listening.length && pairs.every(({expected}) => expected !== 'passes')
      }),
    )
  },
)

/** Each set of a role where it is used. */
function inlined(text: string): string {
  const sets = [...text.matchAll(/set (\w+) \{\n *type \w+\n *elements = (\{ [^}]* \})/g)]
  return sets.reduce((all, [, name, elements]) => all.replaceAll(`@${name} `, `${elements} `), text)
}

/** The ports of rules that name this host at that end. */
function accepted(chain: string, end: 'saddr' | 'daddr', {addresses}: Seat): readonly string[] {
  return chain.split('\n').flatMap(line => {
    const [, list = '', port = ''] = new RegExp(`ip6? ${end} \\{ ([^}]*) \\}.* dport (\\S+) accept`).exec(line) ?? []
    return list.split(', ').some(each => addresses.includes(each)) ? [port] : []
  })
}

const inRoles = ({roles}: Seat, party: string): boolean => party === 'any host' || roles.includes(party as Role)

function portText(port: Flow['port']): string {
  return typeof port === 'object' ? port.join('-') : `${port}`
}
