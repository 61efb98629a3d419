import type {Temporal} from 'temporal-polyfill'
import type {ServedCertificate} from './list.ts'

/** Ends and renewals as a calendar (RFC 5545): each name's is the same event at every export. */
export function certificateCalendar(items: readonly ServedCertificate[], at: Temporal.Instant): string {
  const lines = [
    'BEGIN:VCALENDAR',
    'VERSION:2.0',
    'PRODID:-//selfhelp//certificates//EN',
    ...items.flatMap(item => [
      ...entry({item, at, on: item.renewalDue, what: 'renewal due'}),
      ...entry({item, at, on: item.notAfter, what: 'certificate ends'}),
    ]),
    'END:VCALENDAR',
  ]
  return `${lines.map(folded).join('\r\n')}\r\n`
}

interface Entry {
  readonly item: ServedCertificate
  readonly at: Temporal.Instant
  readonly on: Temporal.Instant
  readonly what: string
}

function entry({item: {hostname, environment, fingerprint, issuer}, at, on, what}: Entry): string[] {
  return [
    'BEGIN:VEVENT',
    `UID:${what.replaceAll(' ', '-')}-${hostname}@selfhelp`,
    `DTSTAMP:${stamp(at)}`,
    `DTSTART:${stamp(on)}`,
    `SUMMARY:${escaped(`${hostname}: ${what}`)}`,
    `DESCRIPTION:${escaped(`${environment}, issued by ${issuer}, SHA-256 ${fingerprint}`)}`,
    'TRANSP:TRANSPARENT',
    'END:VEVENT',
  ]
}

function stamp(at: Temporal.Instant): string {
  return at.toString({smallestUnit: 'second'}).replaceAll(/[-:]/g, '')
}

function escaped(text: string): string {
  return text.replaceAll(/[\\;,]/g, '\\$&').replaceAll(/\r?\n/g, '\\n')
}

/** 75 bytes a line; names here are ASCII but issuers need not be. */
function folded(line: string): string {
  const parts: string[] = []
  let part = ''
  for (const letter of line) {
    if (Buffer.byteLength(part + letter) > (parts.length === 0 ? 75 : 74)) {
      parts.push(part)
      part = ''
    }
    part += letter
  }
  return [...parts, part].join('\r\n ')
}
