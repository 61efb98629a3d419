import {createHash, randomBytes} from 'node:crypto'
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import {tmpdir} from 'node:os'
import {dirname, join} from 'node:path'
import {Readable} from 'node:stream'
import {setTimeout} from 'node:timers/promises'
import fc from 'fast-check'
import t from 'tap'
import {localConnection} from '../../src/machine/local.ts'
import type {Action} from '../../src/machine/model.ts'

const root = mkdtempSync(join(tmpdir(), 'selfhelp-reader-'))
t.teardown(() => rmSync(root, {recursive: true}))
const connection = localConnection('here', {root, deadline: 30_000})
const fence = {lock: 'host:here', run: 'r1', epoch: 5}
const at = (name: string) => join(root, name)
let ids = 0
const id = () => `exchange-${++ids}`
const run = (...args: string[]): Action => ({act: 'run', args})

const argument = fc.oneof(
  fc.constantFrom('', '\n', '\\', '\\n', "'", '"', '$(id)', '`id`', '*', '-n', ' ', '\n\n', '{}', '\t', '\r'),
  fc.string({unit: 'grapheme'}).map(text => text.replaceAll('\0', '')),
)

t.test('every argument arrives as it was', async () => {
  const property = fc.asyncProperty(fc.array(argument, {minLength: 1, maxLength: 20}), async args => {
    const [answer] = await connection.exchange({id: id(), frames: [{ask: 'run', args: ['printf', '%s\\0', ...args]}]})
    return answer?.out === args.map(a => `${a}\0`).join('')
  })
  await fc.assert(property, {numRuns: 25})
})

t.test('every input arrives as it was, none at all and a megabyte too', async t => {
  const hash = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex')
  const inputs = [new Uint8Array(0), Buffer.from('\n\n'), Buffer.from([0, 255, 10, 0]), randomBytes(1_048_576)]
  const frames = inputs.map((input): Action => ({act: 'run', args: ['sha256sum'], input}))
  const answers = await connection.exchange({id: id(), fence, frames})
  t.strictSame(
    answers.map(a => a.out.slice(0, 64)),
    inputs.map(hash),
  )
})

t.test('an answer that is a secret is told once and not kept', async t => {
  const secretive = {...run('echo', 'a link'), secretAnswer: true}
  const [name, again] = [id(), run('echo', 'plain')]
  const told = await connection.exchange({id: name, fence, frames: [secretive, again]})
  t.strictSame(
    told.map(({out}) => out),
    ['a link\n', 'plain\n'],
  )
  const kept = (frame: number) => readFileSync(at(`var/lib/selfhelp/exchange/${name}/${frame}.out`), 'utf8')
  t.strictSame([kept(1), kept(2)], ['', 'plain\n'])
})

t.test('the machine tells what the exchanges of a run did', async t => {
  const [one, other] = [id(), id()]
  const of = (run: string) => ({...fence, run})
  await connection.exchange({id: one, fence: of('r7'), frames: [run('echo', 'a', 'b\nc'), run('false'), run('true')]})
  await connection.exchange({id: other, fence: of('r8'), frames: [run('true')]})
  const [answer] = await connection.exchange({id: id(), frames: [{ask: 'exchanges', args: ['r7']}]})
  const [head, ...actions] = answer?.out.trimEnd().split('\n') ?? []
  t.match(head, new RegExp(`^exchange ${one} [0-9.]+ host:here 5$`))
  t.strictSame(actions, ['1 0 run echo a b', '2 1 run false'])
})

t.test('a program that does not read its input harms nothing', async t => {
  const input = {size: 3_000_000, open: () => Readable.from([randomBytes(3_000_000)])}
  const frames: Action[] = [
    {act: 'run', args: ['true'], input},
    {act: 'run', args: ['cat'], input: 'after'},
  ]
  t.strictSame(
    (await connection.exchange({id: id(), fence, frames})).map(a => a.out),
    ['', 'after'],
  )
})

t.test('a question may fail and the next is still asked; an action that fails is the last', async t => {
  const ask = (...args: string[]) => ({ask: 'run', args})
  const asked = await connection.exchange({id: id(), frames: [ask('false'), ask('echo', 'yes')]})
  t.strictSame(asked, [
    {exit: 1, out: '', err: ''},
    {exit: 0, out: 'yes\n', err: ''},
  ])
  const done = await connection.exchange({id: id(), fence, frames: [run('false'), run('touch', at('never'))]})
  t.equal(done.length, 1)
  t.notOk(existsSync(at('never')))
})

t.test('asking leaves nothing behind', async t => {
  await connection.exchange({id: id(), frames: [{ask: 'run', args: ['true']}]})
  for (let n = 0; n < 300 && readdirSync(at('run/selfhelp')).length > 0; n++) await setTimeout(50)
  t.strictSame(readdirSync(at('run/selfhelp')), [])
})

t.test('the same exchange asked again tells what was done and does only the rest', async t => {
  const again = {id: id(), fence}
  const once = ['sh', '-c', 'echo x >>"$1"; wc -l <"$1"', '-', at('effects')]
  await connection.exchange({...again, frames: [run(...once), run('test', '-e', at('key')), run('cat', at('key'))]})
  await connection.exchange({id: id(), fence, frames: [run('touch', at('key'))]})
  const answers = await connection.exchange({
    ...again,
    frames: [run(...once), run('test', '-e', at('key')), run('cat', at('key'))],
  })
  t.strictSame(
    answers.map(a => [a.exit, a.out]),
    [
      [0, '1\n'],
      [0, ''],
      [0, ''],
    ],
  )
})

t.test('changing leaves nothing behind but what was answered', async t => {
  const names = Array.from({length: 20}, id)
  for (const name of names) await connection.exchange({id: name, fence, frames: [run('true')]})
  const left = () => [...new Set(names.flatMap(name => readdirSync(at(`var/lib/selfhelp/exchange/${name}`))))]
  for (let n = 0; n < 300 && left().length > 4; n++) await setTimeout(50)
  t.strictSame(left().toSorted(), ['1.err', '1.exit', '1.out', 'of'])
})

t.test('what processes left that are no more is taken away, what others are at work with is not', async t => {
  const [dead, alive] = ['4999999', `${process.pid}`]
  const left = (pid: string) => [
    at(`var/lib/selfhelp/exchange/left/spool.${pid}`),
    at(`run/selfhelp/ask.${pid}`),
    at(`etc/.selfhelp.${pid}`),
  ]
  for (const path of [...left(dead), ...left(alive)]) mkdirSync(dirname(path), {recursive: true})
  for (const pid of [dead, alive]) {
    const [spool = '', ...folders] = left(pid)
    writeFileSync(spool, 'a secret')
    for (const folder of folders) mkdirSync(folder)
  }
  const put: Action = {act: 'put', args: [at('etc/file'), 'root', 'root', '0644'], input: 'x'}
  await connection.exchange({id: id(), fence, frames: [put]})
  await connection.exchange({id: id(), frames: [{ask: 'run', args: ['true']}]})
  t.strictSame(left(dead).filter(existsSync), [])
  t.strictSame(left(alive).filter(existsSync), left(alive))
  for (const path of left(alive)) rmSync(path, {recursive: true})
})

t.test('half a stream never runs', async t => {
  const input = {
    size: 10,
    open: () =>
      Readable.from(
        (async function* () {
          yield Buffer.from('half')
          throw new Error('the archive cannot be read')
        })(),
      ),
  }
  const frames: Action[] = [run('touch', at('half')), {act: 'run', args: ['cat'], input}]
  await t.rejects(connection.exchange({id: id(), fence, frames}))
  await setTimeout(300)
  t.notOk(existsSync(at('half')))
})

t.test('a lower epoch of the same lock is refused, of another lock not', async t => {
  const touch = [run('touch', at('old'))]
  await connection.exchange({id: id(), fence: {...fence, epoch: 6, run: 'r2'}, frames: []})
  await t.rejects(connection.exchange({id: id(), fence, frames: touch}), {
    code: 'epoch-superseded',
    facts: {highest: 6},
  })
  t.notOk(existsSync(at('old')))
  await connection.exchange({id: id(), fence: {lock: 'host:there', run: 'r3', epoch: 1}, frames: touch})
  t.ok(existsSync(at('old')))
})

t.test('names of locks, runs and exchanges may have any letters', async t => {
  const odd = {lock: 'host:é/%', run: 'sched/back up/2026-11-22T11:00:00Z', epoch: 2}
  const frames = [run('true')]
  await connection.exchange({id: `sched/x y/${id()}`, fence: odd, frames})
  await t.rejects(connection.exchange({id: id(), fence: {...odd, epoch: 1}, frames}), {message: odd.run})
})

t.test('under one lock exchanges follow each other', async t => {
  const newer = {...fence, epoch: 7}
  const slow = run('sh', '-c', 'echo a >>"$1"; sleep 0.5; echo b >>"$1"', '-', at('turns'))
  await Promise.all([1, 2].map(() => connection.exchange({id: id(), fence: newer, frames: [slow]})))
  t.equal(readFileSync(at('turns'), 'utf8'), 'a\nb\na\nb\n')
})

t.test('shared actions of different locks take turns', async t => {
  const slow: Action = {...run('sh', '-c', 'echo a >>"$1"; sleep 0.5; echo b >>"$1"', '-', at('shared')), shared: true}
  const under = (lock: string) => connection.exchange({id: id(), fence: {lock, run: 'r', epoch: 1}, frames: [slow]})
  await Promise.all([under('environment:e1'), under('environment:e2')])
  t.equal(readFileSync(at('shared'), 'utf8'), 'a\nb\na\nb\n')
})

t.test('actions without a fence and names that reach for other files are not taken', async t => {
  await t.rejects(connection.exchange({id: id(), frames: [run('true')]}), {code: 'exchange-failed'})
  await t.rejects(connection.exchange({id: '../x', fence, frames: [run('true')]}), {code: 'exchange-failed'})
})

t.test('a file is replaced whole, refused by its check without a trace, and never written through a link', async t => {
  const put = (path: string, input: string, ...check: string[]): Action => ({
    act: 'put',
    args: [path, 'root', 'root', '0640', ...check],
    input,
  })
  const newer = {...fence, epoch: 8}
  await connection.exchange({id: id(), fence: newer, frames: [put(at('file'), 'one\n', 'grep', 'one', '{}')]})
  const [refused] = await connection.exchange({
    id: id(),
    fence: newer,
    frames: [put(at('file'), 'two', 'grep', 'one', '{}')],
  })
  t.equal(refused?.exit, 65)
  t.equal(readFileSync(at('file'), 'utf8'), 'one\n')
  t.equal(statSync(at('file')).mode & 0o7777, 0o640)
  symlinkSync(at('file'), at('link'))
  await connection.exchange({id: id(), fence: newer, frames: [put(at('link'), 'three')]})
  t.equal(readFileSync(at('file'), 'utf8') + readFileSync(at('link'), 'utf8'), 'one\nthree')
  symlinkSync('/etc', at('elsewhere'))
  const [led] = await connection.exchange({id: id(), fence: newer, frames: [put(at('elsewhere/selfhelp-test'), 'x')]})
  t.match(led, {exit: 1, err: /is really \/etc/})
  t.strictSame(
    readdirSync(root).filter(name => name.startsWith('.selfhelp')),
    [],
  )
})
