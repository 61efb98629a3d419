// The reader on this machine: files that are put together from fragments, asked in one call.
import {createHash} from 'node:crypto'
import {mkdirSync, mkdtempSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import t from 'tap'
import {localConnection} from '../../src/machine/local.ts'
import {asking} from '../../src/machine/questions.ts'

const root = mkdtempSync(join(tmpdir(), 'selfhelp-assembly-'))
t.teardown(() => rmSync(root, {recursive: true}))
const at = (name: string) => join(root, name)
const sum = (text: string) => createHash('sha256').update(text).digest('hex')
const nothing = sum('')

/** A file with this content, if any, beside a folder with these fragments. */
function laid(name: string, content: string | undefined, fragments: Record<string, string>) {
  mkdirSync(at(`${name}.d`))
  for (const [fragment, text] of Object.entries(fragments)) writeFileSync(at(`${name}.d/${fragment}`), text)
  if (content !== undefined) writeFileSync(at(name), content)
  return {ask: 'assembly', args: [at(name), at(`${name}.d`)]}
}

t.test('of each: whether it is there, its sum, and the sum it should have', async t => {
  const asked = asking([
    laid('whole', 'a\nb\n', {one: 'a\n', two: 'b\n'}),
    laid('absent', undefined, {one: 'a\n'}),
    laid('bare', '', {}),
    laid('never', undefined, {}),
    laid('old', 'x\n', {}),
  ])
  t.equal(asked.frames.length, 1)
  const answers = await localConnection('here', {root}).exchange({id: 'one', frames: asked.frames})
  const said = asked.answers(answers).map(({out}) => out.split('\n'))
  t.match(
    said.map(([stat]) => stat),
    [/^\d+ \S+ \S+ 4 .*regular file$/, '', / 0 .*regular empty file$/, '', / 2 .*regular file$/],
  )
  const both = [sum('a\nb\n'), sum('a\nb\n')]
  t.strictSame(
    said.map(([, ...sums]) => sums.slice(0, 2)),
    [both, ['', sum('a\n')], [nothing, nothing], ['', nothing], [sum('x\n'), nothing]],
  )
})
