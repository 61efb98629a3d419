import type {Temporal} from 'temporal-polyfill'
import type {Ledger} from '../ledger/ledger.ts'
import {settle} from '../ledger/schedule.ts'
import {instantsBetween} from './instants.ts'
import {scheduleNamed} from './list.ts'
import {runIdOf} from './tick.ts'

/** The run of a job that somebody starts by hand, or an external cron: that of the last instant that is due, else of now. */
export async function runByHand(ledger: Ledger, name: string, now: Temporal.Instant) {
  const job = await scheduleNamed(ledger, name)
  const due = instantsBetween(job, {from: job.settled ?? job.since, to: now})
  for (const instant of due.slice(0, -1))
    await settle(ledger, {schedule: name, instant, state: 'missed', run: undefined})
  const last = due.at(-1)
  const run = last && runIdOf(name, last)
  if (last && (await settle(ledger, {schedule: name, instant: last, state: 'fired', run})))
    return {job, id: runIdOf(name, last)}
  return {job, id: runIdOf(name, now.round('second'))}
}
