import t from 'tap'
import type {Platform} from '../../src/environment/steps.ts'
import {restoreRun} from '../../src/restore/run.ts'
import {restoreSteps} from '../../src/restore/step-names.ts'

t.test('a plan prints the steps that a restore has', async t => {
  const input = {
    restore: 'rs1',
    id: 'eabcde2',
    tenant: 'acme',
    name: 'production',
    host: 'north-1',
    set: 'F',
    timeline: 1,
  }
  const goal = {kind: 'point', name: 'before'} as const
  const book = restoreRun({} as Platform, () => Promise.reject(new Error('no step is asked')))
  const steps = book.steps({...input, goal, from: ['agreed'], to: 'done'})
  t.strictSame(
    steps.map(({name}) => name),
    [...restoreSteps],
  )
})
