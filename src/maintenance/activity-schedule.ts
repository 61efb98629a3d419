import type {ScheduleRow} from '../ledger/schedule.ts'

/** Each hour: what edges logged is counted. */
export const activitySchedule: Omit<ScheduleRow, 'since'> = {
  name: 'activity-count',
  recurrence: '7 * * * *',
  zone: 'UTC',
  runbook: 'activity-count',
  input: {},
  catchUp: true,
}
