import t from 'tap'
import {report} from '../../src/cli/trouble.ts'
import {systemClock} from '../../src/clock.ts'
import {Failure, Refusal} from '../../src/error.ts'
import {printable, printableJson} from '../../src/terminal/printable.ts'
import {progressOn} from '../../src/terminal/progress.ts'
import {show} from '../../src/terminal/view.ts'
import {written} from '../support/streams.ts'

const evil = 'up\x1b]0;title\x07\x1b[2J\x9b31m\r\u202egnp.exe\x7f'
const risky = /\u202e|(?![\n\t])\p{Cc}/u

t.test('what comes from others cannot move the cursor, colour, hide or turn around', async t => {
  t.equal(printable('a\r\n\tb\x1b[1m'), 'a\n\tb\\u001b[1m')
  t.notMatch(printable(evil), risky)
  t.equal(JSON.parse(printableJson({evil})).evil, evil, 'JSON means the same')
  t.notMatch(printableJson({[evil]: evil}), risky)
})

t.test('whatever is shown goes that way', async t => {
  for (const columns of [80, undefined]) {
    const out = written(columns)
    show(
      [evil, {heads: ['a'], rows: [[evil], [{text: evil, tone: 'plain'}]]}, {fields: {a: evil}}],
      out,
      systemClock.now(),
    )
    const failure = new Failure('action-failed', evil, {facts: {said: evil, list: [evil]}, remedies: [evil]})
    for (const json of [true, false]) report(failure, {out, err: out, interactive: false}, json)
    t.notMatch(out.text, risky)
  }
  const plain = written()
  const part = progressOn(plain).part(evil)
  part.at(evil)
  part.done(evil)
  t.notMatch(plain.text, risky)
})

t.test('a fact that is not there is left out, and hides nothing of the rest', async t => {
  const err = written()
  const refusal = new Refusal('not-found', 'no contact nobody', {facts: {role: undefined, name: 'nobody'}})
  t.equal(report(refusal, {out: err, err, interactive: false}, false), 3)
  t.match(err.text, /no contact nobody\n +name nobody\n/)
})
