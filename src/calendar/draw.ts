import {Temporal} from 'temporal-polyfill'
import type {View} from '../terminal/view.ts'
import type {ShownCalendar, ShownEntry} from './show.ts'

const marks = {freeze: '▒', maintenance: '●', override: '!', notice: '✉'} as const
const legend = '▒ freeze   ● maintenance   ✉ notice   ! exception'
const weekdays = ['Mo', 'Tu', 'We', 'Th', 'Fr', 'Sa', 'Su']

/** A month or a year as it hangs on a wall, what is on it, and the budgets used. */
export function calendarView(calendar: ShownCalendar): View {
  const {of, zone, period, entries, budgets} = calendar
  const days = marked(calendar)
  const first = Temporal.PlainDate.from(`${period.length === 4 ? `${period}-01` : period}-01`)
  const drawn = period.length === 4 ? yearText(first.year, days) : monthText(first, days)
  return [
    `${of}, ${period} (${zone})\n\n${drawn}\n${legend}\n`,
    {
      heads: ['from', 'until', 'what', 'about', 'state', 'id'],
      rows: entries
        .filter(({kind}) => kind !== 'notice' || period.length > 4)
        .map(each => [
          moment(each.from, zone),
          each.kind === 'notice' ? undefined : moment(each.until, zone),
          {text: `${marks[each.kind]} ${each.title}`, tone: each.kind === 'freeze' ? ('warn' as const) : 'plain'},
          each.about,
          each.state,
          each.id,
        ]),
      empty: 'Nothing is on it.',
    },
    ...budgets.map(
      ({environment, month, used, commitment, most}) =>
        `${month} ${environment} ${bar(used, most)} ${used} of ${commitment} min, ${most} at the most`,
    ),
  ]
}

function bar(used: number, most: number): string {
  const full = Math.min(20, Math.round((used / most) * 20))
  return `${'█'.repeat(full)}${'░'.repeat(20 - full)}`
}

function moment(at: Temporal.Instant, zone: string): string {
  return at.toZonedDateTimeISO(zone).toPlainDateTime().toString({smallestUnit: 'minute'}).replace('T', ' ')
}

/** The kinds of each day, by its date on the clocks of the zone; the heaviest first. */
export function marked({
  entries,
  zone,
  from,
  until,
}: ShownCalendar): ReadonlyMap<string, ReadonlySet<ShownEntry['kind']>> {
  const days = new Map<string, Set<ShownEntry['kind']>>()
  const dateOf = (at: Temporal.Instant) => at.toZonedDateTimeISO(zone).toPlainDate()
  const [first, last] = [dateOf(from), dateOf(until)]
  for (const kind of ['freeze', 'maintenance', 'override', 'notice'] as const)
    for (const each of entries) {
      if (each.kind !== kind) continue
      const end =
        Temporal.Instant.compare(each.until, each.from) > 0 ? each.until.subtract({nanoseconds: 1}) : each.from
      const [begin, over] = [dateOf(each.from), dateOf(end)]
      let day = Temporal.PlainDate.compare(begin, first) < 0 ? first : begin
      while (Temporal.PlainDate.compare(day, over) <= 0 && Temporal.PlainDate.compare(day, last) < 0) {
        const kinds = days.get(day.toString()) ?? new Set()
        days.set(day.toString(), kinds.add(kind))
        day = day.add({days: 1})
      }
    }
  return days
}

type Days = ReturnType<typeof marked>

function yearText(year: number, days: Days): string {
  const months = Array.from({length: 12}, (_, n) =>
    smallMonth(Temporal.PlainDate.from({year, month: n + 1, day: 1}), days),
  )
  return [0, 3, 6, 9]
    .map(at => {
      const row = months.slice(at, at + 3)
      const height = Math.max(...row.map(({length}) => length))
      return Array.from({length: height}, (_, line) =>
        row
          .map(month => (month[line] ?? '').padEnd(22))
          .join('  ')
          .trimEnd(),
      ).join('\n')
    })
    .join('\n\n')
}

function smallMonth(first: Temporal.PlainDate, days: Days): string[] {
  const cells = [...Array<string>(first.dayOfWeek - 1).fill('   '), ...datesOf(first).map(day => smallDay(day, days))]
  const lines = Array.from({length: Math.ceil(cells.length / 7)}, (_, n) =>
    cells
      .slice(n * 7, n * 7 + 7)
      .join('')
      .trimEnd(),
  )
  return [
    `${first.toLocaleString('en', {month: 'long'})}`,
    weekdays
      .map(each => each.padEnd(3))
      .join('')
      .trimEnd(),
    ...lines,
  ]
}

function smallDay(day: Temporal.PlainDate, days: Days): string {
  const [kind] = days.get(day.toString()) ?? []
  return `${String(day.day).padStart(2)}${kind ? marks[kind] : ' '}`
}

function monthText(first: Temporal.PlainDate, days: Days): string {
  const wide = 10
  const cells = [...Array<string>(first.dayOfWeek - 1).fill(''), ...datesOf(first).map(day => wideDay(day, days))]
  const rows = Array.from({length: Math.ceil(cells.length / 7)}, (_, n) => cells.slice(n * 7, n * 7 + 7))
  const line = (row: readonly string[]) =>
    row
      .map(each => each.padEnd(wide))
      .join('')
      .trimEnd()
  return [line(weekdays), '─'.repeat(wide * 7), ...rows.map(line)].join('\n')
}

function wideDay(day: Temporal.PlainDate, days: Days): string {
  const kinds = [...(days.get(day.toString()) ?? [])]
  return `${String(day.day).padStart(2)} ${kinds.map(kind => marks[kind]).join('')}`
}

/** The days of a month. */
export function datesOf(first: Temporal.PlainDate): Temporal.PlainDate[] {
  return Array.from({length: first.daysInMonth}, (_, n) => first.add({days: n}))
}
