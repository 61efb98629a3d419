import type {Range} from './range.ts'
import type {Recurring} from './recurrence.ts'

const days = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday']

/** A time of a week as contracts write it: `tuesday 22:00-02:00`, `daily 23:00-05:00`. */
export function rangeOf(text: string): Range {
  const [day = '', times = ''] = text.split(' ')
  const [from = '', until = ''] = times.split('-')
  return {days: day === 'daily' ? days.map((_, n) => n + 1) : [days.indexOf(day) + 1], from, until}
}

/** Dates that come again as contracts write them: `FREQ=MONTHLY;BYDAY=3TU 22:00 4h`. */
export function dateOf(text: string): Recurring {
  const [rule = '', at = '', hours = ''] = text.split(' ')
  return {rule, at, hours: Number.parseInt(hours, 10)}
}
