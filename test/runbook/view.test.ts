import t from 'tap'
import type {RunEvent, StepState} from '../../src/runbook/model.ts'
import {drawing, eventLine} from '../../src/runbook/view.ts'

/** What a pipe sees. */
function lines(events: readonly RunEvent[]): string[] {
  const seen: string[] = []
  const draw = drawing({
    part: title => ({
      at: text => seen.push(`${title}: ${text}`),
      done: text => seen.push(`${title}: done ${text}`.trim()),
      failed: text => seen.push(`${title}: failed ${text}`.trim()),
    }),
  })
  for (const event of events) draw(event)
  return seen
}

const run = 'r1'
const step = (name: string, position: number, state: StepState): RunEvent => ({
  kind: 'step',
  run,
  name,
  position,
  of: 3,
  state,
})
const state = (state: 'stopped' | 'undoing' | 'done'): RunEvent => ({kind: 'run', run, state})

t.test('a step is a line when it ends, and so is each try that failed', async t => {
  const retry: RunEvent = {kind: 'retry', run, name: 'b', why: 'no answer', inMilliseconds: 2000}
  t.strictSame(
    lines([
      step('a', 0, 'held'),
      step('b', 1, 'making'),
      retry,
      step('b', 1, 'making'),
      step('b', 1, 'made'),
      state('done'),
    ]),
    ['1/3 a: done was so already', '2/3 b: failed no answer; again in 2.0 s', '2/3 b: done'],
  )
})

t.test('a run that stops or goes back says at which step', async t => {
  t.strictSame(lines([step('a', 0, 'making'), state('stopped')]), ['1/3 a: failed stopped'])
  t.strictSame(
    lines([
      step('b', 1, 'making'),
      step('b', 1, 'failed'),
      state('undoing'),
      step('b', 1, 'undone'),
      step('a', 0, 'undo-failed'),
    ]),
    ['2/3 b: failed', '2/3 b: done undone', '1/3 a: failed not undone'],
  )
})

t.test('a process that follows many runs names each', async t => {
  t.equal(eventLine(step('a', 0, 'made')), 'r1 1/3 a: made')
  t.equal(eventLine(state('done')), 'r1 done')
})
