import {readFileSync} from 'node:fs'
import {join} from 'node:path'
import t from 'tap'
import {packageRoot} from '../../src/root.ts'
import {run} from '../support/process.ts'

t.test('the committed oclif.manifest.json is the one the build makes', async t => {
  const built = readFileSync(join(packageRoot(), 'oclif.manifest.json'), 'utf8')
  // Outside a git checkout there is nothing that could be stale: the build has just made it.
  const {exit, out} = await run(['git', 'show', ':oclif.manifest.json'], {cwd: packageRoot()})
  t.equal(exit === 0 ? out : built, built, 'stale: npm run build, then commit it')
})
