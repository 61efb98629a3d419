import {Temporal} from 'temporal-polyfill'
import {type CalendarEntry, calendarFile} from '../render/calendar-file.ts'
import {html} from '../render/html.ts'
import {datesOf, marked} from './draw.ts'
import type {ShownCalendar, ShownEntry} from './show.ts'

/** The same for other calendar programs: freezes, operations and exceptions; a notice is no appointment. */
export function calendarIcs({entries, of, period}: ShownCalendar, at: Temporal.Instant): string {
  const kept = entries.filter(({kind}) => kind !== 'notice')
  return calendarFile({entries: kept.map(icsEntry), at, name: `${of} ${period}`})
}

function icsEntry({id, kind, from, until, title, about, sequence = 0}: ShownEntry): CalendarEntry {
  const uid = `${id ?? `${kind}-${from.epochMilliseconds}-${until.epochMilliseconds}`}@selfhelp`
  return {uid, sequence, from, until, title: about ? `${about}: ${title}` : title}
}

/** The same as one page of HTML that needs nothing else; it prints on paper. */
export function calendarPage(calendar: ShownCalendar): string {
  const {of, zone, period, entries, budgets} = calendar
  const days = marked(calendar)
  const year = Number(period.slice(0, 4))
  const months = period.length === 4 ? Array.from({length: 12}, (_, n) => n + 1) : [Number(period.slice(5))]
  const title = `${of}, ${period}`
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>${html(title)}</title>
<style>${style}</style>
</head>
<body>
<h1>${html(title)} <small>${html(zone)}</small></h1>
<p class="legend"><b class="freeze">freeze</b> <b class="maintenance">maintenance</b> <b class="override">exception</b> <b class="notice">notice</b></p>
<div class="months${months.length === 1 ? ' one' : ''}">
${months.map(month => monthTable(Temporal.PlainDate.from({year, month, day: 1}), days)).join('\n')}
</div>
${table(
  ['From', 'Until', 'What', 'About', 'State'],
  entries.filter(({kind}) => kind !== 'notice' || months.length === 1).map(each => entryRow(each, zone)),
)}
${budgets.length > 0 ? `<h2>Maintenance of each month</h2>${table(['Month', 'Environment', 'Used', 'Promised', 'At the most'], budgets.map(budgetRow))}` : ''}
</body>
</html>
`
}

const style = `
body { font: 14px/1.4 system-ui, sans-serif; color: #1a1a1a; margin: 2em auto; max-width: 66em; padding: 0 1em }
h1 small { font-size: .6em; color: #555 }
.months { display: grid; grid-template-columns: repeat(auto-fill, minmax(15em, 1fr)); gap: 1.2em; margin: 1em 0; align-items: start }
.months.one { grid-template-columns: minmax(15em, 30em) }
.months table { border-collapse: collapse; table-layout: fixed; width: 100% }
caption { text-align: left; font-weight: 600; padding-bottom: .3em }
.months td, .months th { text-align: right; padding: .2em .4em; font-variant-numeric: tabular-nums }
.months th { color: #555; font-weight: 400 }
.freeze { background: #cfe3f7 } .maintenance { background: #f7c873; font-weight: 700 }
.override { background: #f2a6a0; font-weight: 700 } .notice { box-shadow: inset 0 -3px #6a9f58 }
.legend b { font-weight: 400; padding: .15em .6em; margin-right: .6em }
.list { border-collapse: collapse; width: 100%; margin: 1em 0 } .list td, .list th { text-align: left; padding: .3em .8em .3em 0; border-bottom: 1px solid #ddd; vertical-align: top }
@media print { body { margin: 0; max-width: none } * { -webkit-print-color-adjust: exact; print-color-adjust: exact } }
`

function monthTable(first: Temporal.PlainDate, days: ReturnType<typeof marked>): string {
  const blank = first.dayOfWeek - 1
  const cells = [
    ...Array<string>(blank).fill('<td></td>'),
    ...datesOf(first).map(day => `<td class="${[...(days.get(day.toString()) ?? [])].join(' ')}">${day.day}</td>`),
  ]
  const rows = Array.from({length: Math.ceil(cells.length / 7)}, (_, n) => cells.slice(n * 7, n * 7 + 7))
  const heads = ['Mo', 'Tu', 'We', 'Th', 'Fr', 'Sa', 'Su'].map(day => `<th scope="col">${day}</th>`)
  const name = first.toLocaleString('en', {month: 'long', year: 'numeric'})
  const body = rows.map(row => `<tr>${row.join('')}</tr>`).join('\n')
  return `<table><caption>${name}</caption><tr>${heads.join('')}</tr>\n${body}</table>`
}

function entryRow({kind, from, until, title, about, state}: ShownEntry, zone: string): readonly string[] {
  const words = (at: Temporal.Instant) =>
    at.toZonedDateTimeISO(zone).toPlainDateTime().toString({smallestUnit: 'minute'}).replace('T', ' ')
  return [words(from), kind === 'notice' ? '' : words(until), `${kind}: ${title}`, about, state ?? '']
}

function budgetRow({month, environment, used, commitment, most}: ShownCalendar['budgets'][number]): readonly string[] {
  return [month, environment, `${used} min`, `${commitment} min`, `${most} min`]
}

function table(heads: readonly string[], rows: readonly (readonly string[])[]): string {
  const body = rows.map(row => `<tr>${row.map(cell => `<td>${html(cell)}</td>`).join('')}</tr>`)
  return `<table class="list"><tr>${heads.map(head => `<th scope="col">${head}</th>`).join('')}</tr>\n${body.join('\n')}</table>`
}
