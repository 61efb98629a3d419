import t from 'tap'
import {progressOn} from '../../src/cli/progress.ts'
import {written} from '../support/streams.ts'

t.test('a pipe gets a line every five seconds and one at the end; what ends at once gets one', async t => {
  let now = 0
  const out = written()
  const part = progressOn(out, {milliseconds: () => now}).part('base image')
  for (now = 1000; now <= 12_000; now += 1000) part.at(`${now / 1000} of 12 packages`)
  part.done('54 MB')
  t.equal(out.text, 'base image: 5 of 12 packages\nbase image: 10 of 12 packages\nbase image: done 54 MB (13.0 s)\n')
})

t.test('a terminal gets one line, redrawn, that fits', async t => {
  const out = written(20)
  const part = progressOn(out, {milliseconds: () => 0}).part('a very long title of a part')
  part.failed('no room')
  const drawn = out.text.split('\r\x1b[2K')
  t.ok([...(drawn[1] ?? '')].length < 20)
  t.equal(drawn.at(-1), '✗ a very long title of a part no room 0.0 s\n')
})

t.test('with --json nothing talks', async t => {
  const out = written(80)
  progressOn(out, {quiet: true}).part('x').done()
  t.equal(out.text, '')
})
