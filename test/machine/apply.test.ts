import t from 'tap'
import {type HostDoing, machineOver} from '../../src/machine/apply.ts'
import type {Answer, Connection, Exchange, Wanted} from '../../src/machine/model.ts'
import {isAction} from '../../src/machine/wire.ts'

const fence = {lock: 'host:north-1', run: 'r1', epoch: 1}
const pkg = (name: string): Wanted => ({kind: 'package', name})
const command: Wanted = {kind: 'command', name: 'mark', argv: ['touch', '/x'], unless: ['test', '-e', '/x']}
const login: Wanted = {kind: 'unit', name: 'login.service', enabled: false, running: true}
const rules: Wanted = {kind: 'nft', ruleset: 'flush ruleset\n'}

/** A machine in which what was done is so from the second exchange on, unless the test says otherwise. */
function scene(answer: (name: string, exchange: number) => Partial<Answer> = () => ({})) {
  const exchanges: Exchange[] = []
  const words: string[] = []
  const connect = (): Connection => {
    let roundTrips = 0
    return {
      host: 'north-1',
      get roundTrips() {
        return roundTrips
      },
      async exchange(exchange) {
        roundTrips += 1
        exchanges.push(exchange)
        const names = exchange.frames.map(frame => (isAction(frame) ? frame.act : frame.ask))
        words.push(...exchange.frames.filter(isAction).map(({act, args}) => [act, ...args].join(' ')))
        return names.map(name => ({exit: 0, out: '', err: '', ...answer(name, exchanges.length)}))
      },
      async close() {},
      again: connect,
    }
  }
  return {machine: machineOver(connect()), connect, exchanges, words}
}

const soon = (name: string, exchange: number): Partial<Answer> =>
  name === 'package' && exchange > 1 ? {out: 'a\tinstalled\t1\nb\tinstalled\t1\nc\tinstalled\t1\n'} : {}

t.test('without a difference one exchange is enough, and it carries the fence', async t => {
  const {machine, exchanges} = scene(name => (name === 'package' ? {out: 'a\tinstalled\t1\n'} : {}))
  const {changes, roundTrips} = await machine.apply([pkg('a')], {fence})
  t.strictSame([changes, roundTrips, exchanges[0]?.fence], [[], 1, fence])
})

t.test('neighbouring packages are one call of apt, others keep their place', async t => {
  const {machine, words} = scene((name, n) => (name === 'run' && n === 1 ? {exit: 1} : soon(name, n)))
  const {roundTrips} = await machine.apply([pkg('a'), pkg('b'), command, pkg('c')], {fence})
  t.strictSame(words, ['packages install a b', 'run touch /x', 'packages install c'])
  t.equal(roundTrips, 2)
})

t.test('what is about to be done is told first, and not done when telling fails', async t => {
  const {connect, words} = scene(soon)
  const told: HostDoing[] = []
  const before = async (doing: HostDoing) => {
    t.strictSame(words, [], 'nothing was done yet')
    told.push(doing)
  }
  await machineOver(connect(), {before}).apply([pkg('a')], {fence})
  t.match(told, [{host: 'north-1', fence, changes: ['package a: install'], planHash: /^[0-9a-f]{64}$/}])
  await machineOver(connect(), {before}).apply([pkg('a')], {fence})
  t.equal(told.length, 1, 'no change, nothing to tell')
  const deaf = scene()
  const refusing = machineOver(deaf.connect(), {before: () => Promise.reject(new Error('no journal'))})
  await t.rejects(refusing.apply([pkg('a')], {fence}), {message: 'no journal'})
  await t.rejects(refusing.act('x', [{act: 'remove', args: ['/x']}], fence), {message: 'no journal'})
  t.strictSame(deaf.words, [])
})

t.test('a plan that was made of another world is refused before anything is done', async t => {
  const {machine, words} = scene()
  await t.rejects(machine.apply([pkg('a')], {fence, expect: 'other'}), {code: 'plan-changed'})
  t.strictSame(words, [])
})

t.test('equal changes have equal hashes, other changes others', async t => {
  const {machine} = scene()
  const hash = async (...wanted: Wanted[]) => (await machine.plan(wanted)).planHash
  t.equal(await hash(pkg('a'), pkg('b')), await hash(pkg('a'), pkg('b')))
  t.not(await hash(pkg('a'), pkg('b')), await hash(pkg('b'), pkg('a')))
})

t.test('what a checker refuses is a refusal, what a program says is a failure; both tell what it said', async t => {
  const failing = (exit: number) => scene((name, n) => (name === 'packages' && n > 1 ? {exit, err: 'no room'} : {}))
  await t.rejects(failing(65).machine.apply([pkg('a')], {fence}), {code: 'check-refused', facts: {said: 'no room'}})
  const failure = {code: 'action-failed', facts: {of: 'package a', exit: 100, said: 'no room'}}
  await t.rejects(failing(100).machine.apply([pkg('a')], {fence}), failure)
})

t.test('what is left after everything was done is a Bug; a service that died is not', async t => {
  await t.rejects(scene().machine.apply([pkg('a')], {fence}), {code: 'bug', facts: {left: ['package a: install']}})
  await t.rejects(scene().machine.apply([login], {fence}), {code: 'action-failed', remedies: [/journalctl -u login/]})
})

t.test('a file shared with neighbours is put together again when one of them came between', async t => {
  const map: Wanted = {
    kind: 'assembly',
    path: '/etc/map',
    from: '/etc/map.d',
    owner: 'root',
    group: 'root',
    mode: '0644',
  }
  const same = '/etc/map\x00644 root root 1 1.0 1.0 regular file\0\0/etc/map\0/etc/map.d\0ff\n'
  const {machine, words} = scene((name, n) => (name === 'assembly' ? {out: `${same}${n > 2 ? 'ff' : 'ee'}\0`} : {}))
  await machine.apply([map], {fence})
  t.equal(words.length, 2)
})

t.test('a ruleset is armed with its way back first, and confirmed by a connection of its own', async t => {
  const done = {out: '92fd4f5aa2e5a0a5e4f3ccdb2b2d3ee6\n'}
  const {machine, words, exchanges} = scene((name, n) => (name === 'nft' && n > 1 ? done : {}))
  await t.rejects(machine.apply([rules], {fence}), {code: 'bug'})
  t.match(words[0], /^guard 90 file \/etc\/nftables.conf file .*nft.loaded ruleset $/)
  t.strictSame(words.slice(1), ['nft', 'confirm'])
  t.match(exchanges[2]?.id, /^confirm\./)
})

t.test('an action of its own that fails is a failure, not an answer', async t => {
  const {machine} = scene(name => (name === 'run' ? {exit: 1} : {}))
  await t.rejects(machine.act('a1', [{act: 'run', args: ['false']}], fence), {code: 'action-failed'})
})

t.test('what is no answer to a question is a failure that names the host and what was read', async t => {
  const owned = {owner: 'root', group: 'root', mode: '0644'}
  const unit: Wanted = {kind: 'unit', name: 'a.service', enabled: true, running: true}
  const strange: [Wanted, string, string][] = [
    [{kind: 'directory', path: '/x', ...owned}, 'stat', '/x\x00755 root root many 1.5 1.5 directory\0'],
    [{kind: 'file', path: '/x', content: '', ...owned}, 'file', '/x\x00644 root root 4 soon 1.5 regular file\0\0'],
    [
      {kind: 'assembly', path: '/x', from: '/x.d', ...owned},
      'assembly',
      '/x\0u+x root root 4 1.5 1.5 regular file\0\0',
    ],
    [unit, 'unit', 'Id=a.service\nActiveState=active\nInactiveExitTimestamp=Sun 2026-13-42 11:04:18 UTC\n'],
    [{kind: 'pg-cluster', version: 15, name: 'a', port: 1, settings: {}, access: []}, 'pg_cluster', 'yes x;y\n\0\n'],
  ]
  for (const [want, question, out] of strange) {
    const {machine} = scene(name => (name === question ? {out} : {}))
    const rejected = {code: 'answer-unreadable', exit: 4, message: /^north-1, asked for .* cannot be "/}
    await t.rejects(machine.plan([want]), rejected, question)
  }
})
