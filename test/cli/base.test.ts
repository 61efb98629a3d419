import {existsSync} from 'node:fs'
import {setTimeout as sleep} from 'node:timers/promises'
import {build} from 'esbuild'
import t from 'tap'
import {codes} from '../../src/error.ts'
import {type Ended, run as process} from '../support/process.ts'

const {
  execPath: node,
  env: {PATH: path},
} = globalThis.process
// Bundled once, so that starting it forty times takes a tenth of the time.
const dir = t.testdir({})
const fixture = `${dir}/answer.js`
await build({
  entryPoints: [new URL('fixture/answer.ts', import.meta.url).pathname],
  outfile: fixture,
  bundle: true,
  format: 'esm',
  platform: 'node',
  external: ['typescript', '*.node'],
  define: {ROOT: JSON.stringify(new URL('../..', import.meta.url).pathname)},
  banner: {
    js: "import {createRequire as $requireOfBanner} from 'node:module'; const require = $requireOfBanner(import.meta.url), __filename = import.meta.filename, __dirname = import.meta.dirname",
  },
  logLevel: 'silent',
})

/** Runs the fixture; `interrupted` sends it SIGINT once it has begun to wait. */
function run(argv: readonly string[], env: NodeJS.ProcessEnv = {}, interrupted = false): Promise<Ended> {
  const waits = `${dir}/${argv.join('')}.waits`
  return process([node, fixture, ...argv], {
    env: {PATH: path, NODE_COMPILE_CACHE: `${dir}/compiled`, ...(interrupted ? {ANSWER_WAITS: waits} : {}), ...env},
    during: async child => {
      if (!interrupted) return
      while (!existsSync(waits)) await sleep(20)
      await sleep(300)
      child.kill('SIGINT')
    },
  })
}

const ends = [
  {how: 'done', exit: 0},
  {how: 'partial', exit: 5},
  {how: 'usage', exit: 2, code: 'input-invalid'},
  {how: 'refusal', exit: 3, code: 'not-found'},
  {how: 'failure', exit: 4, code: 'host-unreachable'},
  {how: 'stopped', exit: 6, code: 'run-stopped-past-return'},
  {how: 'bug', exit: 1, code: 'bug'},
  {how: 'unknown', exit: 1, code: 'bug'},
  {how: 'text', exit: 1, code: 'bug'},
] as const

for (const {how, exit, ...rest} of ends) {
  t.test(`a command that ends in ${how} exits ${exit}, with and without --json`, async t => {
    const [plain, json] = await Promise.all([run([how]), run([how, '--json'])])
    t.equal(plain.exit, exit)
    t.equal(json.exit, exit)
    const said = JSON.parse(json.out)
    t.equal(json.err, '', '--json says nothing on stderr')
    if (!('code' in rest)) {
      t.same(said, {text: `answered ${how}`}, 'the result stands alone on stdout')
      return
    }
    t.match(said.error, {kind: codes[rest.code].kind, code: rest.code, message: `answered ${how}`, remedies: Array})
    t.equal(plain.out, '', 'what failed leaves stdout empty')
    t.match(plain.err, `answered ${how}`)
    t.notMatch(plain.err, /^ +at /m, 'no stack is shown')
  })
}

t.test('facts, remedies and the run are shown and are in the JSON', async t => {
  const refusal = JSON.parse((await run(['refusal', '--json'])).out).error
  t.same(refusal.facts, {name: 'acme'})
  t.same(refusal.remedies, ['tenant list'])
  t.notOk('runId' in refusal)
  const failure = await run(['failure', '--json'])
  t.equal(JSON.parse(failure.out).error.runId, 'r1')
})

t.test('what cannot be parsed is usage', async t => {
  for (const argv of [
    [],
    ['done', 'again'],
    ['done', '--nope'],
    ['done', '--size=3'],
    ['done', '--size'],
    ['done', '--many=x'],
  ]) {
    const [plain, json] = await Promise.all([run(argv), run([...argv, '--json'])])
    t.equal(plain.exit, 2, argv.join(' '))
    t.equal(json.exit, 2)
    t.match(plain.err, /answer --help/)
    t.match(JSON.parse(json.out).error, {kind: 'usage', code: 'input-invalid', remedies: ['selfhelp answer --help']})
  }
})

t.test('SELFHELP_DEBUG shows the stack and its cause', async t => {
  const {err, exit} = await run(['unknown'], {SELFHELP_DEBUG: '1'})
  t.equal(exit, 1)
  t.match(err, /caused by TypeError: answered unknown\n +at /)
})

t.test('an interrupt ends a command with 130, also in JSON, at once or by its own care', async t => {
  const [hang, json, soon] = await Promise.all([
    run(['hang'], {}, true),
    run(['hang', '--json'], {}, true),
    run(['soon', '--json'], {}, true),
  ])
  t.equal(hang.exit, 130)
  t.match(hang.err, 'resumable')
  t.equal(json.exit, 130)
  t.equal(JSON.parse(json.out).error.code, 'interrupted')
  t.equal(soon.exit, 130)
  t.equal(JSON.parse(soon.out).error.code, 'interrupted')
})

t.test('a pipe gets no colour, and NO_COLOR is obeyed', async t => {
  const {out, err} = await run(['refusal'])
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the escape is what must not be there
  t.notMatch(out + err, /\x1b/)
})
