import {drillLock} from '../backup/steps.ts'
import type {Environment} from '../environment/model.ts'
import {environmentLock, type Platform} from '../environment/steps.ts'
import type {Runbook, Step} from '../runbook/model.ts'
import {during, type Fact, runbook, step, undo} from '../runbook/step.ts'
import {begun, chainProven, ended, frozen, openedAgain} from './around.ts'
import {atTheTarget, checksHold, laidOut, newFull, oldDataGone, orBack} from './exchange.ts'
import {backedUpNow, measuredBefore, wayBackProven} from './way-back.ts'
import {closedAtMost, keptIn, type RestoreInput, type Work} from './work.ts'

const document = 'docs/runbooks/restore-run.md'

/** Production goes back to an earlier moment, and everything before reopening can be taken back (R237–R241). */
export function restoreRun(
  platform: Platform,
  named: (input: RestoreInput) => Promise<Environment>,
): Runbook<RestoreInput> {
  return runbook<RestoreInput>({
    id: 'restore-run',
    change: 'restore',
    title: ({tenant, name, goal}) =>
      `put ${tenant}/${name} back to ${goal.kind === 'time' ? goal.at : 'what it was before'}`,
    subject: ({restore}) => restore,
    tenant: ({tenant}) => tenant,
    environments: ({tenant, name}) => [`${tenant}/${name}`],
    locks: ({id, host}) => [environmentLock(id), drillLock(host)],
    steps: input => steps({platform, input, which: () => named(input), kept: keptIn(platform, input.restore)}),
  })
}

function steps(work: Work): readonly Step[] {
  const laid = laidOut(work)
  const target = atTheTarget(work)
  const going = begun(work)
  const opened = {...openedAgain(work), ...undo.never('people write into what was restored', document)}
  return [
    step('restore-is-running', going, {undo: going.undo}),
    step('chain-is-proven-restorable', chainProven(work), {within: 'PT10M'}),
    step('target-is-laid-out-and-reached-beside', laid, {undo: laid.undo, within: 'PT1M'}),
    ...during('writes-are-frozen', {...frozen(work), atMost: closedAtMost}, opened, [
      step('active-database-is-backed-up', held(work, backedUpNow(work))),
      step('state-before-is-measured-and-archived', held(work, measuredBefore(work))),
      step('database-is-at-the-target', target, {undo: target.undo}),
      step('checks-hold', checksHold(work)),
      step('new-line-has-a-full-backup', newFull(work)),
    ]),
    step('way-back-is-proven-restorable', wayBackProven(work), {within: 'PT10M'}),
    step('old-data-is-gone', oldDataGone(work)),
    step('restore-is-recorded', ended(work)),
  ]
}

/** Nobody is kept out for long by an outside failure. */
function held(work: Work, fact: Fact): Fact {
  return {holds: at => fact.holds(at), make: orBack(work, at => fact.make(at))}
}
