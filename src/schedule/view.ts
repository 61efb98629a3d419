import type {View} from '../terminal/view.ts'
import type {ScheduleItem} from './list.ts'

/** A line for each job. */
export function scheduleRows(items: readonly ScheduleItem[]): View {
  return {
    heads: ['job', 'recurrence', 'zone', 'runbook', 'next', 'last', 'missed', 'catches up'],
    rows: items.map(item => [
      item.name,
      item.recurrence,
      item.zone,
      item.runbook,
      item.next && {at: item.next, zone: item.zone},
      item.firings.find(({state}) => state === 'fired')?.run,
      item.firings.filter(({state}) => state === 'missed').length || undefined,
      item.catchUp,
    ]),
    empty: 'Nothing is scheduled yet.',
  }
}
