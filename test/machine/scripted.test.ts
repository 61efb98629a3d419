import {join} from 'node:path'
import t from 'tap'
import {Failure} from '../../src/error.ts'
import {absent} from '../../src/machine/absent.ts'
import type {Wanted} from '../../src/machine/model.ts'
import {scriptedMachine} from '../../src/machine/scripted.ts'
import {Secret} from '../../src/secret/secret.ts'

const fence = {lock: 'host:north-1', run: 'r1', epoch: 1}
const motd = (content: string | Secret<string>): Wanted => ({
  kind: 'file',
  path: '/etc/motd',
  owner: 'root',
  group: 'root',
  mode: '0644',
  content,
})
const login: Wanted = {kind: 'unit', name: 'login', enabled: true, running: true, reloadAfter: ['/etc/motd']}

t.test('what was wanted is there, once, and wanting it again costs nothing', async t => {
  const machine = scriptedMachine('north-1')
  t.equal((await machine.apply([motd('a'), login], {fence})).changes.length, 2)
  t.strictSame((await machine.apply([motd('a'), login], {fence})).changes, [])
  t.equal(machine.effects.get('file /etc/motd'), 1)
})

t.test('a changed file is a change of the unit that reads it; a changed secret is seen', async t => {
  const machine = scriptedMachine('north-1')
  await machine.apply([motd(new Secret('a')), login], {fence})
  const {changes} = await machine.plan([motd(new Secret('b')), login])
  t.strictSame(
    changes.map(({of}) => of),
    ['file /etc/motd', 'unit login'],
  )
  t.notMatch(JSON.stringify(changes), '"b"')
})

t.test('what is undone is gone, the last first', async t => {
  const machine = scriptedMachine('north-1')
  await machine.apply([motd('a'), login], {fence})
  const {changes} = await machine.apply(absent([motd('a'), login]), {fence})
  t.strictSame(
    changes.map(({of}) => of),
    ['unit login', 'file /etc/motd'],
  )
  t.equal(machine.there.size, 0)
})

t.test('it fails before or after the effect, as told, and another process finds what was left', async t => {
  const file = join(t.testdir(), 'machine.json')
  const cut = (when: string) => ({
    file,
    interrupt: (moment: {when: string; call: number}) => {
      if (moment.when === when) throw new Failure('host-unreachable', `cut ${when} call ${moment.call}`)
    },
  })
  await t.rejects(scriptedMachine('n', cut('before')).apply([motd('a')], {fence}), {message: 'cut before call 1'})
  t.equal(scriptedMachine('n', {file}).there.size, 0)
  await t.rejects(scriptedMachine('n', cut('after')).apply([motd('a')], {fence}), {message: 'cut after call 2'})
  t.equal(scriptedMachine('n', {file}).effects.get('file /etc/motd'), 1)
})

t.test('a lower epoch is refused, and an action is done once for its id', async t => {
  const machine = scriptedMachine('north-1')
  await machine.act('a1', [{act: 'run', args: ['true']}], {...fence, epoch: 2})
  await machine.act('a1', [{act: 'run', args: ['true']}], {...fence, epoch: 2})
  t.equal(machine.effects.get('act a1'), 1)
  await t.rejects(machine.apply([motd('a')], {fence}), {code: 'epoch-superseded'})
})
