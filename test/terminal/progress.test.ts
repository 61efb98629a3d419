import {mock} from 'node:test'
import t from 'tap'
import {progressOn} from '../../src/terminal/progress.ts'
import {written} from '../support/streams.ts'

t.test('a pipe gets one line of what ends at once', async t => {
  const out = written()
  const part = progressOn(out, {milliseconds: () => 0}).part('base image')
  part.at('1 of 12 packages')
  part.done('54 MB')
  t.equal(out.text, 'base image: 54 MB (0.0 s)\n')
})

t.test('a pipe is told after a second that something lasts, and every five seconds how far it is', async t => {
  mock.timers.enable({apis: ['setTimeout', 'setInterval']})
  t.teardown(() => mock.timers.reset())
  let now = 0
  const out = written()
  const part = progressOn(out, {milliseconds: () => now}).part('base image')
  for (let second = 1; second <= 12; second++) {
    now = second * 1000
    part.at(`${second} of 12 packages`)
    mock.timers.tick(1000)
  }
  part.failed('no room')
  t.equal(
    out.text,
    [
      'base image …',
      'base image: 5 of 12 packages (5.0 s)',
      'base image: 10 of 12 packages (10.0 s)',
      'base image: failed: no room (12.0 s)',
      '',
    ].join('\n'),
  )
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
