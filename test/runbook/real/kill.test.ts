import t from 'tap'
import {diesAtEveryStep} from '../../support/kill.ts'

t.setTimeout(120_000)
t.test('a run whose process is killed at three points of every step', t =>
  diesAtEveryStep(t, new URL('../house.ts', import.meta.url).href),
)
