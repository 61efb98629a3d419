import type {Environment} from '../environment/model.ts'
import {environmentLock, type Platform} from '../environment/steps.ts'
import type {Runbook} from '../runbook/model.ts'
import {runbook, step} from '../runbook/step.ts'
import {archiveGone, archiveMade} from './archive.ts'
import {courierTo} from './connect.ts'
import {arrived} from './send.ts'

export interface TransferInput {
  readonly id: string
  readonly tenant: string
  readonly name: string
}

/** A copy of the database goes to the customer's server, encrypted, and is there what it was here (R232). */
export function backupTransfer(
  platform: Platform,
  named: (input: TransferInput) => Promise<Environment>,
  connect = courierTo,
): Runbook<TransferInput> {
  return runbook<TransferInput>({
    id: 'backup-transfer',
    bySchedule: true,
    change: 'backup',
    title: ({tenant, name}) => `send a copy of ${tenant}/${name} to the customer`,
    subject: ({tenant, name}) => `${tenant}/${name}`,
    tenant: ({tenant}) => tenant,
    environments: ({tenant, name}) => [`${tenant}/${name}`],
    locks: ({id}) => [environmentLock(id)],
    steps: input => {
      const which = () => named(input)
      const made = archiveMade(platform, which)
      return [
        step('copy-is-made-and-encrypted', made, {undo: made.undo, within: 'PT5M'}),
        step('copy-is-at-the-customer', arrived(platform, which, connect), {within: 'PT2H'}),
        step('nothing-is-left-on-the-host', archiveGone(platform, which)),
      ]
    },
  })
}
