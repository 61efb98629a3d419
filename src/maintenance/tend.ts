import type {Clock} from '../clock.ts'
import {Refusal} from '../error.ts'
import {noteFinding, settleFinding} from '../event/steps.ts'
import type {Ledger} from '../ledger/ledger.ts'
import type {OperationRow} from '../ledger/operation.ts'
import type {At, Runbook} from '../runbook/model.ts'
import {runbook, step} from '../runbook/step.ts'
import {duePatches, inputOf} from './due.ts'
import type {PatchInput} from './patching.ts'

export interface Tending {
  readonly ledger: Ledger
  readonly clock: Clock
  /** Leaves a run to a worker; the calendar is asked. */
  enqueue(input: PatchInput, because: string): Promise<void>
}

/** What is planned for now is asked for; what the calendar does not let begin is a finding (R165). */
export function maintenanceTend({ledger, clock, enqueue}: Tending): Runbook<object> {
  let made = false
  const begin = async (row: OperationRow, at: At) => {
    const finding = {kind: 'maintenance-not-begun', subject: row.id}
    try {
      await enqueue(await inputOf(ledger, row), `planned as ${row.plan}`)
      await settleFinding(ledger, finding, clock.now())
    } catch (thrown) {
      if (!(thrown instanceof Refusal)) throw thrown
      at.tell(`${row.id}: ${thrown.message}`)
      const tenant = row.environment.split('/')[0]
      const remedy = `selfhelp maintenance reschedule ${row.id} --at TIME`
      await noteFinding(ledger, {...finding, tenant, remedy, detail: {because: thrown.message}}, clock.now())
    }
  }
  return runbook<object>({
    id: 'maintenance-tend',
    bySchedule: true,
    change: 'provision',
    title: () => 'begin the maintenance that is planned for now',
    subject: () => 'maintenance',
    tenant: () => undefined,
    environments: () => [],
    locks: () => ['maintenance:tend'],
    steps: () => [
      step('what-is-due-is-queued', {
        holds: async () => made,
        make: async at => {
          for (const row of await duePatches(ledger, clock.now())) await begin(row, at)
          made = true
        },
      }),
    ],
  })
}
