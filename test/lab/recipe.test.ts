import t from 'tap'
import {countLine, imageKey} from '../../src/lab/recipe.ts'

const apt = {sources: {'debian.sources': 'one'}, options: [], keyrings: []}

t.test('other sources or another machine, another image; the same ones, the same image', async t => {
  t.equal(imageKey(apt, 'x64'), imageKey({...apt, keyrings: ['/k']}, 'x64'))
  t.not(imageKey(apt, 'x64'), imageKey(apt, 'arm64'))
  t.not(imageKey(apt, 'x64'), imageKey({...apt, sources: {'debian.sources': 'two'}}, 'x64'))
  t.not(imageKey(apt, 'x64'), imageKey({...apt, options: ['x']}, 'x64'))
})

t.test('progress counts what the package tools say', async t => {
  const count = {fetched: 0, unpacked: 0, configured: 0}
  const lines = [
    'Get:1 http://x bookworm/main amd64 a',
    'Unpacking a (1) ...',
    'Setting up a (1) ...',
    'Reading database',
  ]
  t.strictSame(
    lines.map(line => countLine(line, count)),
    [true, true, true, false],
  )
  t.strictSame(count, {fetched: 1, unpacked: 1, configured: 1})
})
