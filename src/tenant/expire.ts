import type {Platform} from '../environment/steps.ts'
import {dueFarewells, noteExpired} from '../ledger/farewell.ts'
import type {Runbook} from '../runbook/model.ts'
import {runbook, step} from '../runbook/step.ts'
import {removeKept} from './farewell.ts'

const lock = 'farewell:expiry'

/** Last dumps whose time is over are taken away for good, with the keys that open them. */
export function farewellExpire(platform: Platform): Runbook<object> {
  const {ledger, secrets, clock} = platform
  return runbook<object>({
    id: 'farewell-expire',
    bySchedule: true,
    change: 'backup',
    title: () => 'take away farewells whose time is over',
    subject: () => 'farewells',
    tenant: () => undefined,
    environments: () => [],
    locks: () => [lock],
    steps: () => [
      step('no-farewell-is-overdue', {
        holds: async () => (await dueFarewells(ledger, clock.now())).length === 0,
        make: async at => {
          for (const row of await dueFarewells(ledger, clock.now())) {
            await removeKept(platform, row, {run: at.run, fence: at.fence(lock)})
            await secrets.remove(row.keySecret)
            await noteExpired(ledger, row.id, clock.now())
          }
        },
      }),
    ],
  })
}
