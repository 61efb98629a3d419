import type {Environment} from '../environment/model.ts'
import {hostOf} from '../environment/model.ts'
import type {Platform} from '../environment/steps.ts'
import {deleteSchedule, putSchedule, schedules} from '../ledger/schedule.ts'
import {tenantNamed} from '../ledger/tenant.ts'
import type {Fact} from '../runbook/step.ts'
import {lookSchedule} from './collect.ts'
import {nightOf} from './model.ts'

type Which = () => Promise<Environment>

/** Every month, on a day and at an hour of its own, in the night of its people (R124). */
export function scheduleDrills({ledger}: Platform, which: Which): Fact {
  return {
    holds: async () => {
      const name = nameOf(await which())
      return (await schedules(ledger)).some(job => job.name === name)
    },
    make: async () => {
      const environment = await which()
      const {id, tenant, name} = environment
      const zone = (await tenantNamed(ledger, tenant))?.timeZone ?? 'UTC'
      const input = {id, tenant, name, host: hostOf(environment, 'database')}
      const job = {name: nameOf(environment), recurrence: nightOf(id), zone, runbook: 'backup-drill', input}
      await putSchedule(ledger, {...job, catchUp: true})
      await putSchedule(ledger, lookSchedule)
    },
  }
}

/** No more. */
export function unscheduleDrills({ledger}: Platform, which: Which): Fact {
  return {
    holds: async () => {
      const name = nameOf(await which())
      return !(await schedules(ledger)).some(job => job.name === name)
    },
    make: async () => deleteSchedule(ledger, nameOf(await which())),
  }
}

const nameOf = ({id}: Pick<Environment, 'id'>): string => `backup-drill-${id}`
