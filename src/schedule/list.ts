import type {Temporal} from 'temporal-polyfill'
import type {Clock} from '../clock.ts'
import {Refusal} from '../error.ts'
import type {Ledger} from '../ledger/ledger.ts'
import {type FiringRow, firings, type ScheduleRow, type SettledRow, schedules} from '../ledger/schedule.ts'
import {nextInstant} from './instants.ts'

export interface ScheduleItem extends ScheduleRow {
  readonly next: Temporal.Instant | undefined
  /** The newest first. */
  readonly firings: readonly FiringRow[]
}

/** Every job: when it comes next, and what became of its last instants. */
export async function listSchedules(ledger: Ledger, clock: Clock): Promise<ScheduleItem[]> {
  const now = clock.now()
  return Promise.all(
    (await schedules(ledger)).map(async ({settled: _, ...job}) => ({
      ...job,
      next: nextInstant(job, now),
      firings: await firings(ledger, job.name),
    })),
  )
}

/** One job, or Refusal `not-found`. */
export async function scheduleNamed(ledger: Ledger, name: string): Promise<SettledRow> {
  const found = (await schedules(ledger)).find(job => job.name === name)
  if (!found)
    throw new Refusal('not-found', `There is no scheduled job ${name}.`, {remedies: ['selfhelp schedule list']})
  return found
}
