import {setTimeout as sleep} from 'node:timers/promises'
import t from 'tap'
import {Temporal} from 'temporal-polyfill'
import {Failure} from '../../src/error.ts'
import {overHosts, select} from '../../src/host/fleet.ts'
import type {Host} from '../../src/host/model.ts'

const host = (name: string, site: string, roles: Host['roles'] = ['edge']): Host => ({
  name,
  site,
  address: '10.0.0.1',
  hostKey: '',
  roles,
  facts: {
    debian: 12,
    architecture: 'amd64',
    container: true,
    processors: 1,
    memoryMegabytes: 1000,
    addresses: [],
    controlPlane: [],
    packagePorts: [80, 443],
    accounts: ['_apt'],
  },
  addedAt: Temporal.Instant.from('2026-11-22T11:00:00Z'),
  retiredAt: undefined,
})
const fleet = [host('north-1', 'north'), host('north-2', 'north', ['database']), host('south-1', 'south')]
const pace = {parallel: 16, perSite: 8, deadline: 5000}

t.test('a dead host never delays the others, and is named', async t => {
  const done: string[] = []
  const outcomes = await overHosts(fleet, {...pace, deadline: 60}, async ({name}, signal) => {
    if (name === 'north-1') await sleep(10_000, undefined, {signal}).catch(() => {})
    done.push(name)
    return name.length
  })
  t.same(
    outcomes.map(({host, ok}) => [host, ok]),
    [
      ['north-1', false],
      ['north-2', true],
      ['south-1', true],
    ],
  )
  t.same(done.slice(0, 2), ['north-2', 'south-1'])
})

t.test('no more at once than allowed, on all hosts and on a site', async t => {
  const most = async (parallel: number, perSite: number, site?: string) => {
    let [now, highest] = [0, 0]
    const many = Array.from({length: 12}, (_, at) => host(`h${at}`, at % 2 ? 'north' : 'south'))
    await overHosts(many, {...pace, parallel, perSite}, async each => {
      if (site !== undefined && each.site !== site) return
      now += 1
      highest = Math.max(highest, now)
      await sleep(3)
      now -= 1
    })
    return highest
  }
  t.equal(await most(3, 8), 3)
  t.equal(await most(16, 2, 'north'), 2)
})

t.test('a refusal or failure of one host is its result, a bug ends the command', async t => {
  const [first] = await overHosts(fleet, pace, async () => {
    throw new Failure('host-unreachable', 'no answer')
  })
  t.match(first, {ok: false, error: {code: 'host-unreachable'}})
  await t.rejects(
    overHosts(fleet, pace, () => Promise.reject(new TypeError('oops'))),
    {message: 'oops'},
  )
})

t.test('no host, no outcome', async t => {
  t.same(await overHosts([], pace, async () => 1), [])
})

t.test('hosts are meant by name, site and role, and retired ones never', async t => {
  const names = (selection: Partial<Parameters<typeof select>[1]>) =>
    select([...fleet, {...host('old', 'north'), retiredAt: Temporal.Instant.from('2026-11-22T11:00:00Z')}], {
      names: [],
      all: false,
      ...selection,
    }).map(each => each.name)
  t.same(names({all: true}), ['north-1', 'north-2', 'south-1'])
  t.same(names({names: ['north-2']}), ['north-2'])
  t.same(names({site: 'north', role: 'edge'}), ['north-1'])
})
