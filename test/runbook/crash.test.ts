import t from 'tap'
import {failsAtEveryStep} from '../support/crash.ts'
import {trial} from './house.ts'

t.test('a run whose every step fails, in each way', async t => failsAtEveryStep(t, trial))
