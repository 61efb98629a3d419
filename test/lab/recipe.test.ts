import t from 'tap'
import {countLine, imageKey, nothingBuilt} from '../../src/lab/recipe.ts'

const apt = {sources: {'debian.sources': 'one'}, options: [], keyrings: []}

t.test('other sources or another machine, another image; the same ones, the same image', async t => {
  t.equal(imageKey(apt, 'x64'), imageKey({...apt, keyrings: ['/k']}, 'x64'))
  t.not(imageKey(apt, 'x64'), imageKey(apt, 'arm64'))
  t.not(imageKey(apt, 'x64'), imageKey({...apt, sources: {'debian.sources': 'two'}}, 'x64'))
  t.not(imageKey(apt, 'x64'), imageKey({...apt, options: ['x']}, 'x64'))
})

t.test('progress counts what the package tools say', async t => {
  const count = {...nothingBuilt}
  const lines = [
    'Get:1 http://x bookworm/main amd64 a',
    'Get:2 http://x b',
    'Unpacking a (1) ...',
    'Setting up a (1) ...',
  ]
  t.strictSame(
    [...lines, 'Reading database'].map(line => countLine(line, count)),
    ['fetched 1 packages', 'fetched 2 packages', 'unpacked 1 of 2', 'configured 1 of 2', undefined],
  )
})
