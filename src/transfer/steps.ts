import type {Environments, Platform} from '../environment/steps.ts'
import {deleteSchedule, schedules} from '../ledger/schedule.ts'
import {secretNames} from '../ledger/secret.ts'
import type {Fact} from '../runbook/step.ts'
import {scheduleOf, secretsOf} from './model.ts'

/** No copy is sent any more, and we can neither get in there nor open one: for a tenant that goes. */
export function transfersGone({ledger, secrets}: Platform, environments: Environments): Fact {
  const names = async () => (await environments()).map(scheduleOf)
  return {
    holds: async () => {
      const left = new Set(await names())
      if ((await schedules(ledger)).some(({name}) => left.has(name))) return false
      const kept = new Set(await secretNames(ledger))
      return !(await environments()).some(({id}) => Object.values(secretsOf(id)).some(name => kept.has(name)))
    },
    make: async () => {
      for (const {id} of await environments())
        for (const name of Object.values(secretsOf(id))) await secrets.remove(name)
      for (const name of await names()) await deleteSchedule(ledger, name)
    },
  }
}
