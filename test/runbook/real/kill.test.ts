import t from 'tap'
import {diesAtEveryStep} from '../../support/kill.ts'

t.setTimeout(600_000)
// They wait for each other's processes more than they work.
t.jobs = 4
t.test('a run whose process is killed at three points of every step', {buffered: true}, t =>
  diesAtEveryStep(t, new URL('../house.ts', import.meta.url).href),
)

t.test('creating a tenant, killed at three points of every step', {buffered: true}, t =>
  diesAtEveryStep(t, new URL('../../support/tenant-trial.ts', import.meta.url).href),
)

t.test('adopting a host, killed at three points of every step', {buffered: true}, t =>
  diesAtEveryStep(t, new URL('../../host/adoption.ts', import.meta.url).href),
)

t.test('provisioning a host, killed at three points of its step', {buffered: true}, t =>
  diesAtEveryStep(t, new URL('../../host/provisioning.ts', import.meta.url).href),
)
