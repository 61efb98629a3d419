// bin/selfhelp as an operator starts it; needs `npm run build`.
import {mkdirSync, readdirSync, readFileSync, symlinkSync} from 'node:fs'
import {join} from 'node:path'
import t from 'tap'
import {run} from '../support/process.ts'

const root = new URL('../..', import.meta.url).pathname
const selfhelp = join(root, 'bin/selfhelp')
const {version} = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))

t.test('the shim finds the project through links, from any directory, with another node or none in PATH', async t => {
  const dir = t.testdir({elsewhere: {}, bin: {}})
  mkdirSync(join(dir, 'usr'))
  symlinkSync(selfhelp, join(dir, 'usr/selfhelp'))
  symlinkSync('../usr/selfhelp', join(dir, 'bin/sh'))
  for (const [argv, cwd] of [
    [[selfhelp], '/'],
    [['./selfhelp'], join(root, 'bin')],
    [['bin/selfhelp'], root],
    [[join(dir, 'usr/selfhelp')], '/'],
    [['../bin/sh'], join(dir, 'elsewhere')],
    [['sh', 'selfhelp'], join(root, 'bin')],
  ] as const) {
    const {exit, out} = await run([...argv, '--version'], {cwd, env: {PATH: '/usr/bin:/bin'}})
    t.equal(exit, 0, `${argv.join(' ')} in ${cwd}`)
    t.match(out, `selfhelp/${version} linux-`)
    t.match(out, 'node-v24.')
  }
})

t.test('an unknown command names the nearest, runs nothing, and exits 2', async t => {
  const [plain, json] = await Promise.all([run([selfhelp, 'exlpain']), run([selfhelp, 'exlpain', '--json'])])
  t.equal(plain.exit, 2)
  t.match(plain.err, 'selfhelp explain')
  t.equal(plain.out, '')
  t.equal(json.exit, 2)
  t.match(JSON.parse(json.out).error, {kind: 'usage', code: 'input-invalid', remedies: ['selfhelp explain']})
})

t.test('help and an empty line show the commands and exit 0', async t => {
  for (const argv of [[], ['--help'], ['help'], ['help', 'explain'], ['-h'], ['lab'], ['explain', '--help']]) {
    const {exit, out} = await run([selfhelp, ...argv])
    t.equal(exit, 0, argv.join(' '))
    t.match(out, 'USAGE')
  }
})

t.test('a terminal gets colour and no line wider than it; NO_COLOR takes the colour away', async t => {
  // `script` gives a command a terminal of its own.
  const on = (env: NodeJS.ProcessEnv) =>
    run(['script', '-qec', `stty cols 60; ${selfhelp} explain`, '/dev/null'], {
      env: {PATH: '/usr/bin:/bin', TERM: 'xterm', ...env},
    })
  const [coloured, plain] = await Promise.all([on({}), on({NO_COLOR: '1'})])
  t.equal(plain.exit, 0)
  t.match(coloured.out, '\u001b[')
  t.notMatch(plain.out, '\u001b[')
  t.match(plain.out, 'lock-held')
  t.same(
    plain.out.split('\r\n').filter(line => [...line].length > 60),
    [],
  )
})

t.test('selfhelp autocomplete sets a shell up, which then knows every command', async t => {
  const cache = t.testdir({})
  const env = {PATH: '/usr/bin:/bin', HOME: cache, XDG_CACHE_HOME: cache, SHELL: '/bin/bash'}
  const {exit, out} = await run([selfhelp, 'autocomplete', 'bash'], {env})
  t.equal(exit, 0)
  t.match(out, /autocomplete script bash/)
  const files = readdirSync(cache, {recursive: true, encoding: 'utf8'}).filter(name => name.endsWith('.bash'))
  const known = files.map(name => readFileSync(join(cache, name), 'utf8')).join('')
  for (const command of ['tenant:create', 'run:show', 'journal:verify']) t.match(known, command)
})

t.test('a result cut off by the reader (head) is no error', async t => {
  const {exit, err} = await run(['sh', '-c', `${selfhelp} explain --json | head -1; exit 0`])
  t.equal(exit, 0)
  t.equal(err, '')
})
