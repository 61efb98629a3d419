import {chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync} from 'node:fs'
import {hostname, tmpdir} from 'node:os'
import {join} from 'node:path'
import {setTimeout as sleep} from 'node:timers/promises'
import t from 'tap'
import {placeOf} from '../../../src/ledger/place.ts'
import {stopPrivate} from '../../../src/ledger/private.ts'
import {packageRoot} from '../../../src/root.ts'
import {type How, run} from '../../support/process.ts'

t.setTimeout(180_000)

const folder = mkdtempSync(join(tmpdir(), 'selfhelp-command-'))
chmodSync(folder, 0o711)
const env = {PATH: process.env.PATH, SELFHELP_HOME: join(folder, 'home')}
const selfhelp = (...words: string[]) => run([join(packageRoot(), 'bin/selfhelp'), ...words], {env})
const build = (directory: string, words: readonly string[] = [], how: Pick<How, 'during' | 'heard'> = {}) =>
  run([process.execPath, join(packageRoot(), 'test/cli/fixture/build-house.ts'), directory, ...words], {env, ...how})

t.before(async () => {
  const {exit, err} = await selfhelp('init', '--operator', 'ann@cmc.test')
  if (exit !== 0) throw new Error(err)
})
t.teardown(async () => {
  await stopPrivate(placeOf(env.SELFHELP_HOME, process.env))
  rmSync(folder, {recursive: true, force: true})
})

/** A directory of its own, and what waits until a file is there. */
function plot(name: string) {
  const directory = join(folder, name)
  mkdirSync(directory)
  const there = async (file: string) => {
    while (!existsSync(join(directory, file))) await sleep(20)
  }
  return {directory, there, go: () => writeFileSync(join(directory, 'go'), '')}
}

t.test('one interrupt stops after the step, the same typed again goes on; one plain line for each step', async t => {
  const {directory, there, go} = plot('once')
  const {exit, err, out} = await build(directory, [], {
    during: async ({kill}) => {
      await there('walls.begun')
      kill('SIGINT')
    },
    heard: err => err.includes('Stopping after this step') && go(),
  })
  t.equal(exit, 130, err)
  t.equal(out, '')
  t.match(err, /Stopping after this step/)
  t.match(err, /2\/3 walls: done/)
  t.match(err, /selfhelp run resume r/)
  t.ok(existsSync(join(directory, 'walls')) && !existsSync(join(directory, 'roof')))
  const again = await build(directory, ['--reason', 'another one'])
  t.equal(again.exit, 0, again.err)
  t.notMatch(again.err, /walls/)
  t.match(again.err, /3\/3 roof: done/)
})

t.test('two interrupts stop in the middle of the step; resumable, in JSON as well', async t => {
  const {directory, there, go} = plot('twice')
  const {promise: heardOnce, resolve: hear} = Promise.withResolvers<void>()
  const {exit, out} = await build(directory, ['--json'], {
    during: async ({kill}) => {
      await there('walls.begun')
      kill('SIGINT')
      await heardOnce
      kill('SIGINT')
    },
    heard: err => err.includes('Stopping after this step') && hear(),
  })
  t.equal(exit, 130)
  const {error} = JSON.parse(out)
  t.match(error, {code: 'interrupted', runId: /^r/, facts: {step: 'walls'}})
  t.notOk(existsSync(join(directory, 'roof')))
  go()
  const {exit: done, out: result} = await build(directory, ['--json'])
  t.equal(done, 0)
  t.match(JSON.parse(result), {run: error.runId, state: 'done'})
})

t.test('a live lock: exit 3 naming owner and run, and nothing is left behind; --wait waits for it', async t => {
  const first = plot('first')
  const second = plot('second')
  const building = build(first.directory)
  await first.there('walls.begun')
  const refused = await build(second.directory, ['--json'])
  t.equal(refused.exit, 3)
  t.match(JSON.parse(refused.out).error, {
    code: 'lock-held',
    facts: {
      owner: 'ann@cmc.test',
      lock: 'environment:ehouse',
      machine: hostname(),
      since: /Z$/,
      age: /^PT/,
      alive: true,
    },
  })
  const {items} = JSON.parse((await selfhelp('run', 'list', '--unfinished', '--json')).out)
  t.equal(items.length, 1, 'only the first')
  const following = selfhelp('run', 'follow', items[0].run)
  second.go()
  const {promise: waits, resolve: told} = Promise.withResolvers<void>()
  const waiting = build(second.directory, ['--wait'], {heard: err => err.includes('waiting for the lock') && told()})
  await Promise.race([waits, waiting])
  first.go()
  t.equal((await building).exit, 0)
  t.match(await following, {exit: 0, err: /roof: done/}, 'who follows it sees its steps, and ends as it does')
  const {exit, err} = await waiting
  t.equal(exit, 0, err)
  t.match(err, /waiting for the lock/)
})

t.test('--detach prints the id at once and leaves it to a worker', async t => {
  const {directory, go} = plot('detached')
  go()
  const {exit, out} = await build(directory, ['--detach', '--json'])
  t.equal(exit, 0)
  t.match(JSON.parse(out), {state: 'queued', run: /^r/})
  t.match((await selfhelp('run', 'list')).out, /queued/)
})

t.test('a killed command: another one goes on with its run at once', async t => {
  const {directory, there, go} = plot('killed')
  await build(directory, [], {
    during: async ({kill}) => {
      await there('walls.begun')
      kill('SIGKILL')
    },
  })
  go()
  const {exit, err} = await build(directory)
  t.equal(exit, 0, err)
  t.notMatch(err, /ground/)
})
