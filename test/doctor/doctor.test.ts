import t from 'tap'
import {Temporal} from 'temporal-polyfill'
import {examine} from '../../src/doctor/examine.ts'
import {findingsOf} from '../../src/doctor/hosts.ts'
import type {Check, Patient} from '../../src/doctor/model.ts'
import {Failure} from '../../src/error.ts'
import type {Host} from '../../src/host/model.ts'
import type {Checkup} from '../../src/host/steps.ts'

const host: Host = {
  name: 'north-1',
  site: 'north',
  address: '10.0.1.11',
  hostKey: 'ssh-ed25519 AAAA',
  roles: ['database'],
  facts: {
    debian: 12,
    architecture: 'amd64',
    container: false,
    processors: 2,
    memoryMegabytes: 4000,
    addresses: ['10.0.1.11'],
    controlPlane: ['10.0.1.1'],
    packagePorts: [80, 443],
    accounts: ['_apt'],
  },
  addedAt: Temporal.Instant.from('2026-11-22T11:00:00Z'),
  retiredAt: undefined,
}
const well: Checkup = {
  offsetSeconds: 0.02,
  uncertainSeconds: 0.01,
  diskFreePercent: 60,
  debian: '12.11',
  listening: [
    {on: '127.0.0.1', port: 20000},
    {on: '10.0.1.11', port: 20001},
    {on: '0.0.0.0', port: 443},
  ],
}
const differing = (found: Partial<Checkup>) =>
  findingsOf(host, {...well, ...found})
    .filter(({state}) => state === 'difference')
    .map(({check}) => check)

t.test('a host that is well has nothing to settle', async t => {
  t.same(differing({}), [])
})

t.test('clock, disk, release and a database that can be reached are told, each with a remedy', async t => {
  t.same(differing({offsetSeconds: -3}), ['clock'])
  t.same(differing({diskFreePercent: 9}), ['disk'])
  t.same(differing({debian: '13.1'}), ['version'])
  t.same(differing({listening: [{on: '0.0.0.0', port: 20000}]}), ['database-hidden'])
  t.same(differing({listening: [{on: '[::]', port: 5432}]}), ['database-hidden'])
  for (const each of findingsOf(host, {...well, diskFreePercent: 1})) if (each.state !== 'fine') t.ok(each.remedy)
})

t.test('a check that cannot be asked is a difference, and the others are asked all the same', async t => {
  const broken: Check = {
    name: 'broken',
    run: () => Promise.reject(new Failure('host-unreachable', 'no answer', {remedies: ['Look at it.']})),
  }
  const fine: Check = {
    name: 'fine',
    run: async () => [{check: 'fine', subject: 'x', state: 'warning', expected: '1', found: '0', remedy: 'y'}],
  }
  t.match(await examine({} as Patient, [broken, fine]), {
    differences: 1,
    warnings: 1,
    items: [{check: 'broken', found: 'no answer', remedy: 'Look at it.'}, {check: 'fine'}],
  })
  const bug: Check = {name: 'bug', run: () => Promise.reject(new TypeError('oops'))}
  await t.rejects(examine({} as Patient, [bug]), {message: 'oops'})
})

t.test('what all checks need and is not there is said once', async t => {
  const away = {
    get ledger(): never {
      throw new Failure('ledger-unreachable', 'no ledger', {remedies: ['Start it.']})
    },
  } as unknown as Patient
  const asking = (name: string): Check => ({name, run: async ({ledger}) => (ledger ? [] : [])})
  const {items, differences} = await examine(away, [asking('one'), asking('two')])
  t.match(items, [{check: 'one', found: 'no ledger', remedy: 'Start it.'}])
  t.equal(differences, 1)
})
