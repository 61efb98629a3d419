import type {Temporal} from 'temporal-polyfill'
import {calendarFile} from '../render/calendar-file.ts'
import {html} from '../render/html.ts'
import {render} from '../render/render.ts'
import type {Notice} from '../render/templates.ts'
import type {Kind, Locale, NewNotice} from './model.ts'

/** One contact's mail. */
export interface Mail {
  readonly subject: string
  readonly body: string
  readonly html: string
  readonly invitation?: string
}

export interface Reader {
  readonly name: string
  readonly locale: Locale
  readonly legalName: string
  readonly timeZone: string
}

/** The mail of a notice for one person, in their language, times in the tenant's zone with date, time, duration and end (R165). */
export function mailOf(notice: NewNotice, reader: Reader, at: Temporal.Instant): Mail {
  const {kind, when, operation} = notice
  const [subject = '', , ...rest] = render(path(kind, reader.locale), factsOf(notice, reader)).split('\n')
  const body = `${rest.join('\n').trim()}\n`
  const page = render(`notice/${reader.locale}/layout.html`, {title: html(subject), paragraphs: paragraphs(body)})
  if (!when || !operation) return {subject, body, html: page}
  const cancelled = kind === 'maintenance-cancelled'
  const entry = {uid: `${operation.id}@selfhelp`, sequence: operation.sequence, ...when, title: subject, cancelled}
  return {
    subject,
    body,
    html: page,
    invitation: calendarFile({entries: [entry], at, method: cancelled ? 'CANCEL' : 'PUBLISH'}),
  }
}

function path(kind: Kind, locale: Locale) {
  return `notice/${locale}/${kind}.txt` as const
}

function factsOf({environment, what, why, when, text}: NewNotice, reader: Reader): Notice {
  const {name, locale, legalName, timeZone} = reader
  const words = (options: Intl.DateTimeFormatOptions, at: Temporal.Instant | undefined) =>
    at
      ? new Intl.DateTimeFormat(locale === 'fr' ? 'fr-FR' : 'en-GB', {timeZone, ...options}).format(
          at.epochMilliseconds,
        )
      : ''
  const full = {dateStyle: 'full', timeStyle: 'short'} as const
  return {
    ...{name, legalName, environment: environment ?? '', what, why: why ?? '', zone: timeZone},
    date: words({dateStyle: 'full'}, when?.from),
    from: words({timeStyle: 'short'}, when?.from),
    until: words(full, when?.until),
    duration: when ? durationWords(when.until.since(when.from)) : '',
    text: text?.[locale] ?? '',
  }
}

/** `2 h 30 min`, in both languages. */
function durationWords(duration: Temporal.Duration): string {
  const minutes = Math.round(duration.total({unit: 'minutes'}))
  const [hours, rest] = [Math.floor(minutes / 60), minutes % 60]
  return [hours > 0 ? `${hours} h` : '', rest > 0 || hours === 0 ? `${rest} min` : ''].filter(Boolean).join(' ')
}

function paragraphs(body: string): readonly string[] {
  return body
    .trim()
    .split(/\n{2,}/)
    .map(each => html(each).replaceAll('\n', '<br>\n'))
}
