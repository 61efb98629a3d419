import type {Temporal} from 'temporal-polyfill'

/** An entry of a calendar file (RFC 5545). */
export interface CalendarEntry {
  /** The same for every version of an entry. */
  readonly uid: string
  /** Grows with each version. */
  readonly sequence: number
  readonly from: Temporal.Instant
  /** An instant that takes no time from anybody has none. */
  readonly until?: Temporal.Instant
  readonly title: string
  readonly text?: string | undefined
  readonly cancelled?: boolean | undefined
}

export interface CalendarFile {
  readonly entries: readonly CalendarEntry[]
  /** When it was made. */
  readonly at: Temporal.Instant
  readonly method?: 'PUBLISH' | 'CANCEL'
  readonly name?: string
}

/** A calendar as other programs read it; instants in UTC, so that no zone need be explained. */
export function calendarFile({entries, at, method = 'PUBLISH', name}: CalendarFile): string {
  const lines = [
    'BEGIN:VCALENDAR',
    'VERSION:2.0',
    'PRODID:-//selfhelp//calendar//EN',
    'CALSCALE:GREGORIAN',
    `METHOD:${method}`,
    ...(name ? [`X-WR-CALNAME:${escaped(name)}`] : []),
    ...entries.flatMap(entry => entryLines(entry, at)),
    'END:VCALENDAR',
  ]
  return `${lines.map(folded).join('\r\n')}\r\n`
}

function entryLines(
  {uid, sequence, from, until, title, text, cancelled}: CalendarEntry,
  at: Temporal.Instant,
): string[] {
  return [
    'BEGIN:VEVENT',
    `UID:${uid}`,
    `SEQUENCE:${sequence}`,
    `DTSTAMP:${stamp(at)}`,
    `DTSTART:${stamp(from)}`,
    ...(until ? [`DTEND:${stamp(until)}`] : ['TRANSP:TRANSPARENT']),
    `SUMMARY:${escaped(title)}`,
    ...(text ? [`DESCRIPTION:${escaped(text)}`] : []),
    `STATUS:${cancelled ? 'CANCELLED' : 'CONFIRMED'}`,
    'END:VEVENT',
  ]
}

function stamp(at: Temporal.Instant): string {
  return at.round('second').toString().replaceAll(/[-:]/g, '')
}

function escaped(text: string): string {
  return text.replaceAll(/[\\;,]/g, '\\$&').replaceAll(/\r?\n/g, '\\n')
}

/** No line is longer than 75 octets, and no character is torn apart. */
function folded(line: string): string {
  let out = ''
  let octets = 0
  for (const character of line) {
    const size = Buffer.byteLength(character)
    if (octets + size > 75) {
      out += '\r\n '
      octets = 1
    }
    out += character
    octets += size
  }
  return out
}
