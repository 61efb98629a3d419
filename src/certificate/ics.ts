import type {Temporal} from 'temporal-polyfill'
import {type CalendarEntry, calendarFile} from '../render/calendar-file.ts'
import type {ServedCertificate} from './list.ts'

/** Ends and renewals as a calendar (RFC 5545): each name's is the same event at every export. */
export function certificateCalendar(items: readonly ServedCertificate[], at: Temporal.Instant): string {
  const entries = items.flatMap(item => [
    entry(item, item.renewalDue, 'renewal due'),
    entry(item, item.notAfter, 'certificate ends'),
  ])
  return calendarFile({entries, at, name: 'certificates'})
}

function entry(
  {hostname, environment, fingerprint, issuer}: ServedCertificate,
  from: Temporal.Instant,
  what: string,
): CalendarEntry {
  return {
    uid: `${what.replaceAll(' ', '-')}-${hostname}@selfhelp`,
    ...{sequence: 0, from, title: `${hostname}: ${what}`},
    text: `${environment}, issued by ${issuer}, SHA-256 ${fingerprint}`,
  }
}
