import {execFileSync} from 'node:child_process'
import {writeFileSync} from 'node:fs'
import {join} from 'node:path'
import fc from 'fast-check'
import t from 'tap'
import {unifiedDiff} from '../../src/machine/diff.ts'

t.test('a diff shows the change with three lines around it', async t => {
  const before = 'a\nb\nc\nd\ne\nf\ng\nh\n'
  t.equal(
    unifiedDiff('/x', before, before.replace('e\n', 'E\nEE\n')),
    '--- /x\n+++ /x\n@@ -2,7 +2,8 @@\n b\n c\n d\n-e\n+E\n+EE\n f\n g\n h\n',
  )
})

t.test('a missing line end is said', async t => {
  t.equal(unifiedDiff('/x', 'a', 'a\n'), '--- /x\n+++ /x\n@@ -1,1 +1,1 @@\n-a\n\\ No newline at end of file\n+a\n')
})

t.test('patch makes the new text out of the old one and the diff', {skip: !hasPatch()}, async t => {
  const folder = t.testdir()
  const text = fc
    .array(fc.constantFrom('a', 'b', 'c', ''), {maxLength: 25})
    .map(lines => lines.map(l => `${l}\n`).join(''))
  const property = fc.property(text, text, (before, after) => {
    if (before === after) return unifiedDiff('f', before, after) === ''
    writeFileSync(join(folder, 'f'), before)
    const diff = unifiedDiff('f', before, after)
    return execFileSync('patch', ['-s', '-o', '-', 'f'], {cwd: folder, input: diff}).toString() === after
  })
  fc.assert(property, {numRuns: 60})
})

function hasPatch(): boolean {
  try {
    execFileSync('patch', ['--version'])
    return true
  } catch {
    return false
  }
}
