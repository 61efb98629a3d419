// What is killed, and how a new runbook comes to be killed too: test/support/crash-levels.ts.
import t from 'tap'
import {runbookIds} from '../../../src/cli/runbooks.ts'
import {levels} from '../../support/crash-levels.ts'
import {diesAtEveryStep} from '../../support/kill.ts'

t.setTimeout(900_000)
// They wait for each other's processes more than they work.
t.jobs = 4
t.test('a run whose process is killed at three points of every step', {buffered: true}, t =>
  diesAtEveryStep(t, {module: new URL('../house.ts', import.meta.url).href}),
)

t.test('every level is that of a runbook of the product', async t => {
  const killed = levels.map(({runbook}) => runbook)
  t.strictSame(
    killed.filter(id => !runbookIds.includes(id)),
    [],
  )
  // Told aloud by `npm test`, so that none is forgotten.
  t.comment(`CRASHED never: ${runbookIds.filter(id => !killed.includes(id)).join(', ')}`)
})

for (const {runbook, scripted} of levels)
  t.test(`${runbook}, killed at three points of every step`, {buffered: true}, t => diesAtEveryStep(t, scripted))
