import type {Environment} from '../environment/model.ts'
import {environmentLock, type Platform} from '../environment/steps.ts'
import type {Runbook} from '../runbook/model.ts'
import {type Fact, runbook, step} from '../runbook/step.ts'
import type {DrillInput} from './drill.ts'
import type {BackupSet} from './model.ts'
import {engineOf} from './pgbackrest.ts'

export interface TakeInput extends DrillInput {
  readonly type: BackupSet['type']
  /** The newest backup when it was asked for; one after it is what was asked for. */
  readonly after: string | undefined
}

/** A backup now, whatever the timers do. */
export function backupTake(platform: Platform, named: (input: DrillInput) => Promise<Environment>): Runbook<TakeInput> {
  return runbook<TakeInput>({
    id: 'backup-take',
    change: 'backup',
    title: ({tenant, name, type}) => `${type} backup of ${tenant}/${name}`,
    subject: ({tenant, name}) => `${tenant}/${name}`,
    tenant: ({tenant}) => tenant,
    environments: ({tenant, name}) => [`${tenant}/${name}`],
    locks: ({id}) => [environmentLock(id)],
    steps: input => [
      step(
        'backup-is-in-the-repository',
        taken(platform, input, () => named(input)),
        {within: 'PT5M'},
      ),
    ],
  })
}

function taken(platform: Platform, {type, after}: TakeInput, which: () => Promise<Environment>): Fact {
  return {
    holds: async () => {
      const {sets} = await engineOf(platform, await which()).list()
      return sets.some(
        set => (set.type === type || type === 'incremental') && (after === undefined || set.label > after),
      )
    },
    make: async at => {
      const set = await engineOf(platform, await which()).take(type, at)
      at.tell(set.label)
    },
  }
}
