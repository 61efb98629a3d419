// The worlds of the runbooks: test/support/crash-levels.ts. A runbook whose request remembers that it was tried has its own tests.
import t from 'tap'
import {levels} from '../../support/crash-levels.ts'
import {goesBackFromEveryStep} from '../../support/fail.ts'

t.setTimeout(600_000)

const goingBack = [
  ...[
    'host-add',
    'host-apply',
    'edge-refill',
    'journal-sign-head',
    'tenant-create',
    'tenant-hand-over',
    'tenant-invite',
  ],
  ...['contract-update', 'environment-add', 'tenant-remove', 'farewell-expire'],
]

for (const {runbook, scripted} of levels)
  if (goingBack.includes(runbook))
    t.test(`${runbook} goes back from every step that fails`, t => goesBackFromEveryStep(t, scripted))
