// Builds in a copy of the sources: the project's own dist/ is used by other tests meanwhile.
import {appendFileSync, cpSync, existsSync, readFileSync, readlinkSync, symlinkSync, utimesSync} from 'node:fs'
import {join} from 'node:path'
import t from 'tap'
import {packageRoot} from '../../src/root.ts'
import {run} from '../support/process.ts'

t.setTimeout(300_000)
const root = t.testdir({})
for (const name of ['bin', 'src', 'commands', 'templates', 'package.json', 'oclif.manifest.json'])
  cpSync(join(packageRoot(), name), join(root, name), {recursive: true})
symlinkSync(join(packageRoot(), 'node_modules'), join(root, 'node_modules'))

const build = () => run([process.execPath, join(root, 'bin/build.js')])
const current = () => readlinkSync(join(root, 'dist'))
const manifest = () => readFileSync(join(root, 'oclif.manifest.json'), 'utf8')

t.test('commands typed while builds go on, two of them at once, meet a whole build each time', async t => {
  t.match(await build(), {exit: 0, out: '', err: ''})
  const [first, before] = [current(), manifest()]
  let building = true
  const typing = (async () => {
    const ends = []
    while (building) ends.push(await run([join(root, 'bin/selfhelp'), 'explain', '--json'], {cwd: '/'}))
    return ends
  })()
  appendFileSync(join(root, 'commands/explain.ts'), '\nprocess.env.SELFHELP_BUILT = "anew"\n')
  for (const ended of await Promise.all([build(), build()])) t.match(ended, {exit: 0, err: ''})
  building = false
  const ends = await typing
  t.ok(ends.length > 0)
  t.same(new Set(ends.map(({exit, err}) => `${exit} ${err}`)), new Set(['0 ']))
  t.equal(manifest(), before, 'the manifest names no build')
  t.not(current(), first)
  t.ok(existsSync(join(root, first)), 'who began with the first build can go on with it')

  const longAgo = new Date(Date.now() - 7_200_000)
  utimesSync(join(root, first), longAgo, longAgo)
  t.match(await build(), {exit: 0, err: ''})
  t.notOk(existsSync(join(root, first)), 'later it is taken away')
})
