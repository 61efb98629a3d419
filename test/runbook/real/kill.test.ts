import t from 'tap'
import {diesAtEveryStep} from '../../support/kill.ts'

t.setTimeout(600_000)
t.test('a run whose process is killed at three points of every step', t =>
  diesAtEveryStep(t, new URL('../house.ts', import.meta.url).href),
)

t.test('creating a tenant, killed at three points of every step', t =>
  diesAtEveryStep(t, new URL('../../support/tenant-trial.ts', import.meta.url).href),
)

t.test('adopting a host, killed at three points of every step', t =>
  diesAtEveryStep(t, new URL('../../host/adoption.ts', import.meta.url).href),
)

t.test('provisioning a host, killed at three points of its step', t =>
  diesAtEveryStep(t, new URL('../../host/provisioning.ts', import.meta.url).href),
)
