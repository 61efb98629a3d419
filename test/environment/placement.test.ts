import {readFileSync} from 'node:fs'
import t from 'tap'
import {Temporal} from 'temporal-polyfill'
import type {Contract} from '../../src/contract/model.ts'
import {readContract} from '../../src/contract/read.ts'
import {refuseUnbuildable} from '../../src/environment/name.ts'
import {type Candidate, type PlacementQuestion, place} from '../../src/environment/placement.ts'
import type {Site} from '../../src/site/model.ts'

const acme = readContract(readFileSync(new URL('../../examples/acme.yaml', import.meta.url)), 'acme.yaml')
const site = (name: string, changes: Partial<Site> = {}): Site => ({
  name,
  country: 'FR',
  tier: '3+',
  iso27001: '2027-06-30',
  soc2: '2027-03-31',
  ...changes,
})
const all = ['edge', 'presentation', 'edition', 'database']
const host = (name: string, changes: Partial<Candidate> = {}): Candidate => ({
  name,
  site: 'north',
  roles: all,
  environments: 0,
  ...changes,
})
const question = (changes: Partial<PlacementQuestion> = {}): PlacementQuestion => ({
  contract: acme,
  environments: ['production'],
  asked: {},
  sites: [site('north'), site('south')],
  hosts: [host('north-1', {environments: 2}), host('north-2'), host('south-1', {site: 'south', roles: ['repository']})],
  on: Temporal.PlainDate.from('2026-11-22'),
  ...changes,
})

t.test('an environment goes to the least loaded host of the primary site, and says why', async t => {
  const [placed] = place(question()).values()
  t.same([...new Set(placed?.map(one => one.host))], ['north-2', 'south-1'])
  t.match(placed?.[0]?.reason, /one machine \(R020\).*primary.*\(R246\).*least loaded of 2/)
  const known = {memoryMegabytes: 4096, diskFreeMegabytes: 9000, environments: 1, portsFree: 3999}
  const [full] = place(question({hosts: [host('north-1', known)]})).values()
  t.match(full?.[0]?.reason, /1 environments, room for more: 3200 MB of memory, 7976 MB of disk, 3999 ports\)$/)
})

t.test('backups go to a repository where residency allows, away from the primary site', async t => {
  const [placed] = place(question()).values()
  t.match(placed?.at(-1), {role: 'repository', host: 'south-1', reason: /R246/})
  const near = host('north-3', {roles: ['repository']})
  const [other] = place(question({hosts: [...question().hosts, near], asked: {repository: 'north-3'}})).values()
  t.match(other?.at(-1), {host: 'north-3', reason: /named by --host/})
  const abroad = question({sites: [site('north'), site('south'), site('west', {country: 'US'})]})
  const west = host('west-1', {site: 'west', roles: ['repository']})
  t.throws(() => place({...abroad, hosts: [host('north-1'), west]}), {message: /no repository host stands in FR/})
  const [none] = place(question({hosts: [host('north-1')]})).values()
  t.notOk(
    none?.some(({role}) => role === 'repository'),
    'none before there is one',
  )
})

t.test('environments of one contract are spread', async t => {
  const hosts = [host('north-1'), host('north-2')]
  const placed = place(question({hosts, environments: ['production', 'qualification']}))
  t.same(
    [...placed.values()].map(([first]) => first?.host),
    ['north-1', 'north-2'],
  )
})

t.test('a named host is taken, and its reason says so', async t => {
  const [placed] = place(question({asked: {database: 'north-1'}})).values()
  t.match(placed?.[0], {host: 'north-1', reason: /named by --host/})
})

const refusals: readonly [string, Partial<PlacementQuestion>, RegExp][] = [
  ['a site nobody knows', {sites: [site('south')]}, /no site north/],
  [
    'a primary site abroad',
    {sites: [site('north', {country: 'DE'}), site('south')]},
    /primary site north is in DE.*R246/,
  ],
  [
    'a secondary site abroad',
    {sites: [site('north'), site('south', {country: 'US'})]},
    /secondary site south is in US/,
  ],
  ['a site of a low tier', {sites: [site('north', {tier: '3'}), site('south')]}, /R243/],
  ['an expired ISO 27001', {sites: [site('north', {iso27001: '2026-11-21'}), site('south')]}, /R244/],
  ['an expired SOC 2', {sites: [site('north'), site('south', {soc2: '2020-01-01'})]}, /R245/],
  ['a host nobody knows', {asked: {edge: 'west-1'}}, /no host west-1/],
  ['a host without the role', {asked: {database: 'south-1'}}, /south-1 does not have the role database/],
  ['two hosts for one machine', {asked: {edge: 'north-1', database: 'north-2'}}, /one machine.*R020/],
  [
    'no host with all roles',
    {hosts: [host('north-1', {roles: ['edge']})]},
    /no host of site north has all of the roles/,
  ],
  ['no memory left', {hosts: [host('north-1', {memoryMegabytes: 1024, environments: 2})]}, /room for 384 MB/],
  [
    'no disk left beside what is there',
    {hosts: [host('north-1', {diskFreeMegabytes: 2000, environments: 2})]},
    /464 MB of disk/,
  ],
  ['no port left', {hosts: [host('north-1', {portsFree: 0})]}, /and its ports: north-1 \(0 environments; 0 ports\)/],
  [
    'a named host without room',
    {asked: {edge: 'north-1'}, hosts: [host('north-1', {portsFree: 0}), host('north-2')]},
    /north-1 lacks a role or has no room/,
  ],
  ['no disk left', {hosts: [host('north-1', {diskFreeMegabytes: 700})]}, /512 MB of disk/],
]
for (const [name, changes, says] of refusals) {
  t.test(`refused: ${name}`, async t => {
    t.throws(() => place(question(changes)), {code: 'placement-refused', exit: 3, message: says})
  })
}

t.test('a topology of later is refused before anything is placed', async t => {
  t.throws(() => refuseUnbuildable(topology('edition+1')), {code: 'topology-later', exit: 3, message: /edition\+1/})
})

t.test('every objection is told at once', async t => {
  const sites = [site('north', {tier: '2', country: 'DE', soc2: '2026-01-01'}), site('south')]
  t.throws(() => place(question({sites})), {message: /R243.*R245.*R246/})
})

function topology(wanted: 'edition+1'): Contract {
  return {...acme, environments: {production: {topology: wanted}}}
}
