// bin/selfhelp as an operator starts it; needs `npm run build`.
import {mkdirSync, readFileSync, symlinkSync} from 'node:fs'
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

t.test('a result cut off by the reader (head) is no error', async t => {
  const {exit, err} = await run(['sh', '-c', `${selfhelp} explain --json | head -1; exit 0`])
  t.equal(exit, 0)
  t.equal(err, '')
})
