import {drillLock} from '../backup/steps.ts'
import type {Environment} from '../environment/model.ts'
import {environmentLock, type Platform} from '../environment/steps.ts'
import {Bug} from '../error.ts'
import type {Runbook, Step} from '../runbook/model.ts'
import {during, runbook, step, undo} from '../runbook/step.ts'
import {begun, ended, frozen, openedAgain} from './around.ts'
import {copyBeside, inItsPlace, mayRead, ownAccounts, saysSo, schemaFits} from './copy.ts'
import {checksHold, oldDataGone} from './exchange.ts'
import {type CopyInput, type CopyWork, closedAtMost, keptIn} from './work.ts'

const document = 'docs/runbooks/restore-copy.md'

type Named = (id: string, tenant: string) => Promise<Environment>

/** What production held at a moment goes into another environment of the tenant, which calls nobody and says what it is (R139). */
export function restoreCopy(platform: Platform, named: Named): Runbook<CopyInput> {
  return runbook<CopyInput>({
    id: 'restore-copy',
    change: 'restore',
    title: ({tenant, name, source, goal}) => `copy ${tenant}/${source.name} of ${goal.at} into ${tenant}/${name}`,
    subject: ({restore}) => restore,
    tenant: ({tenant}) => tenant,
    environments: ({tenant, name}) => [`${tenant}/${name}`],
    locks: ({id, host}) => [environmentLock(id), drillLock(host)],
    steps: input => {
      // The other direction would be a loss of production: whoever asks for it, it is not done.
      if (input.name === 'production' || input.id === input.source.id)
        throw new Bug(`${input.tenant}/${input.name} never gets a copy`, {facts: {restore: input.restore}})
      const which = () => named(input.id, input.tenant)
      const source = () => named(input.source.id, input.tenant)
      return steps({platform, input, which, source, kept: keptIn(platform, input.restore)})
    },
  })
}

function steps(work: CopyWork): readonly Step[] {
  const [going, reading, beside] = [begun(work), mayRead(work), copyBeside(work)]
  const [said, placed] = [saysSo(work), inItsPlace(work)]
  return [
    step('restore-is-running', going, {undo: going.undo}),
    step('host-may-read-the-backups', reading, {undo: reading.undo}),
    step('copy-lies-beside-without-what-must-not-be-in-it', beside, {undo: beside.undo, within: 'PT1M'}),
    step('host-may-read-them-no-more', reading.closed),
    ...during('nobody-is-let-in', {...frozen(work), atMost: closedAtMost}, openedAgain(work), [
      step('it-says-that-it-is-a-copy-and-calls-nobody', said, {undo: said.undo}),
      step('copy-is-in-its-place', placed, {undo: placed.undo}),
      step('schema-fits-its-release', schemaFits(work)),
      step('checks-hold', checksHold(work)),
      step('people-have-accounts-of-their-own', ownAccounts(work)),
    ]),
    step('old-data-is-gone', oldDataGone(work), undo.never('what was there before is gone', document)),
    step('restore-is-recorded', ended(work)),
  ]
}
