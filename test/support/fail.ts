import type {Test} from 'tap'
import {Failure, Refusal} from '../../src/error.ts'
import {stepsOfRun} from '../../src/ledger/run.ts'
import {execute} from '../../src/runbook/execute.ts'
import type {At, Runbook, Step} from '../../src/runbook/model.ts'
import {requestRun} from '../../src/runbook/request.ts'
import {asAnn, plainly, testKernel} from './kernel.ts'
import {placeFor} from './kill.ts'
import {type Trying, tryingAt} from './killable.ts'

const troubles = {
  refusal: () => new Refusal('not-found', 'the tool says no'),
  failure: () => new Failure('host-unreachable', 'no answer'),
} as const

/**
 * Crash level one, in this process: each step in turn fails after its effect, once refused by a rule and once by the outside and
 * then given up, all in one world. Each time everything is as before; from the point of no return on there is nothing to go back to.
 */
export async function goesBackFromEveryStep(t: Test, trying: Trying): Promise<void> {
  const place = await placeFor(t)
  const {runbook, begin, state} = await tryingAt(trying, place)
  const input = await begin()
  let before = await state()
  for (const [position, {name, undo}] of runbook.steps(input).entries()) {
    if (undo?.kind === 'never') return void t.comment(`${runbook.id}: from ${name} on only forward`)
    for (const how of ['refusal', 'failure'] as const) {
      const broken = failingAt(runbook, position, troubles[how])
      const kernel = testKernel(place.ledger, [broken])
      const {id} = await requestRun(kernel, {runbook: broken, input, by: asAnn})
      const end = await execute(kernel, id, plainly())
      const exit = {refusal: 3, failure: 4}[how]
      t.match(end, {state: how === 'refusal' ? 'undone' : 'stopped', stopped: {exit, step: name}})
      if (how === 'failure') t.match(await execute(kernel, id, {...plainly(), abandon: true}), {state: 'abandoned'})
      const made = (await stepsOfRun(place.ledger, id)).filter(step => step.state !== 'held' && step.state !== 'undone')
      if (made.length === 0) t.strictSame(await state(), before, `${how} in ${name}: everything is as before`)
      // What needs no undoing stays, and is there from now on.
      else before = await state()
    }
  }
}

function failingAt(runbook: Runbook, where: number, trouble: () => Error): Runbook {
  const failing = (step: Step): Step => ({
    ...step,
    within: 'PT0S',
    // What an earlier failure left, because it needs no undoing, would else be passed by.
    holds: async () => false,
    make: async (at: At) => {
      if (!(await step.holds(at))) await step.make(at)
      throw trouble()
    },
  })
  return {
    ...runbook,
    steps: input => runbook.steps(input).map((step, position) => (position === where ? failing(step) : step)),
  }
}
