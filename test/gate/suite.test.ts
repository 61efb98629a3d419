import {readFileSync} from 'node:fs'
import t from 'tap'
import {packageRoot} from '../../src/root.ts'
import {added, verdict} from '../files.ts'

const well = {passed: 7, failed: 0, skipped: 0}

t.test('the last line counts what passed and what failed; a failure is red', async t => {
  t.same(verdict(well, true), {line: '7 passed, 0 failed', exit: 0})
  t.same(verdict(added([well, {passed: 1, failed: 2, skipped: 0}]), false), {line: '8 passed, 2 failed', exit: 1})
})

t.test('what is skipped is counted aloud; in CI it is a failure', async t => {
  const without = {...well, skipped: 20}
  t.same(verdict(without, false), {line: '7 passed, 0 failed, 20 skipped', exit: 0})
  t.match(verdict(without, true), {line: /In CI.*\n7 passed, 0 failed, 20 skipped$/, exit: 1})
})

t.test('continuous integration runs what the README names', async t => {
  const script = readFileSync(`${packageRoot()}/.ci/run`, 'utf8')
  t.match(script, /^CI=1 exec npm test$/m)
})
