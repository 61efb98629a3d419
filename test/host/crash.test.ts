import t from 'tap'
import {failsAtEveryStep} from '../support/crash.ts'
import {trial as adoption} from './adoption.ts'
import {trial as provisioning} from './provisioning.ts'

t.test('adopting a host stands every failure', async t => failsAtEveryStep(t, adoption))
t.test('provisioning a host stands every failure', async t => failsAtEveryStep(t, () => provisioning()))
