import {readFileSync} from 'node:fs'
import t from 'tap'
import {Temporal} from 'temporal-polyfill'
import type {Role} from '../../src/flow/model.ts'
import type {Host} from '../../src/host/model.ts'
import {hostWanted} from '../../src/host/wanted.ts'
import type {Wanted} from '../../src/machine/model.ts'

const host = (...roles: Role[]): Host => ({
  name: 'north-1',
  site: 'north',
  address: '10.77.1.11',
  hostKey: 'ssh-ed25519 AAAA',
  roles,
  facts: {
    debian: 12,
    architecture: 'amd64',
    container: true,
    processors: 2,
    memoryMegabytes: 4000,
    addresses: ['10.77.1.11', 'fd5e::11'],
    controlPlane: ['10.77.1.1'],
    packagePorts: [80, 443],
    accounts: ['_apt'],
  },
  addedAt: Temporal.Instant.from('2026-11-22T11:00:00Z'),
  retiredAt: undefined,
})
const wanted = (...roles: Role[]) => hostWanted({host: host(...roles), fleet: [], publicKey: 'ssh-ed25519 BBBB'})
const title = (want: Wanted) => `${want.kind} ${'path' in want ? want.path : 'name' in want ? want.name : ''}`.trim()
const titles = (list: readonly Wanted[]) => list.map(title)
const content = (list: readonly Wanted[], path: string) => {
  const found = list.find(want => want.kind === 'file' && want.path === path)
  return found?.kind === 'file' ? found.content : undefined
}

t.test('who keeps the clock may ask for time, also where its package is yet to come', async t => {
  const clock = (facts: Partial<Host['facts']>) => {
    const one = host('edge')
    const list = hostWanted({host: {...one, facts: {...one.facts, ...facts}}, fleet: [], publicKey: 'ssh-ed25519 BBBB'})
    const nft = list.find(want => want.kind === 'nft')
    return /meta skuid \{ ([^}]*) \} udp dport 123/.exec(nft?.kind === 'nft' ? nft.ruleset : '')?.[1]
  }
  t.equal(clock({}), 'root, selfhelp', "a container's clock is its machine's")
  t.equal(clock({container: false}), 'root, selfhelp, systemd-timesync')
  t.equal(clock({container: false, timeSync: 'chrony.service'}), 'root, selfhelp, _chrony')
})

t.test('PostgreSQL comes after the setting that keeps it from making a cluster', async t => {
  const list = titles(wanted('database'))
  t.ok(
    list.indexOf('file /etc/postgresql-common/createcluster.d/selfhelp.conf') < list.indexOf('package postgresql-15'),
  )
})

t.test('what can lock us out comes last', async t => {
  t.same(titles(wanted('edge', 'database')).slice(-3), [
    'file /etc/ssh/sshd_config.d/10-selfhelp.conf',
    'unit ssh.service',
    'nft',
  ])
})

t.test('a host has what its roles need and no more', async t => {
  const packages = (...roles: Role[]) => titles(wanted(...roles)).filter(title => title.startsWith('package'))
  t.same(packages('presentation'), ['package nftables'])
  t.same(packages('edge'), ['package nftables', 'package haproxy'])
  t.same(packages('edge', 'database'), [
    'package nftables',
    'package haproxy',
    'package postgresql-15',
    'package pgbackrest',
  ])
  t.ok(titles(wanted('repository')).includes('directory /var/lib/selfhelp/repository'))
})

t.test('time is kept on machines and left alone in containers', async t => {
  const machine = {...host('edge'), facts: {...host().facts, container: false}}
  const of = (host: Host) => titles(hostWanted({host, fleet: [], publicKey: 'ssh-ed25519 BBBB'}))
  t.ok(of(machine).includes('unit systemd-timesyncd.service'))
  const chrony = of({...machine, facts: {...machine.facts, timeSync: 'chrony.service'}})
  t.ok(chrony.includes('unit chrony.service') && !chrony.includes('package systemd-timesyncd'))
  t.notOk(titles(wanted('edge')).some(title => title.includes('timesyncd')))
})

t.test('nothing is wanted twice', async t => {
  const list = titles(wanted('edge', 'presentation', 'edition', 'database', 'repository'))
  t.equal(new Set(list).size, list.length)
})

t.test('files that a tool can judge name their judge', async t => {
  const judges = wanted('edge', 'database').flatMap(want => ('check' in want && want.check ? [want.check[0]] : []))
  t.same(judges, ['ssh-keygen', 'visudo', 'apt-config', 'haproxy', 'haproxy', 'sh', 'sshd'])
})

t.test('the files of a host are the agreed ones', async t => {
  const list = wanted('edge', 'database')
  for (const path of ['/etc/haproxy/haproxy.cfg', '/etc/ssh/sshd_config.d/10-selfhelp.conf', '/etc/sudoers.d/selfhelp'])
    t.equal(content(list, path), readFileSync(new URL(`../golden${path}`, import.meta.url), 'utf8'), path)
})
