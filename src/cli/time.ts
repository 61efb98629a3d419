import {Temporal} from 'temporal-polyfill'
import {Refusal} from '../error.ts'

const spoken = /^(\d{4}-\d{2}-\d{2})[ T](\d{2}:\d{2}(?::\d{2})?) ([A-Za-z][A-Za-z0-9_+-]*(?:\/[A-Za-z0-9_+-]+)*)$/
const forms = ['2026-11-17 14:32 Europe/Paris', '2026-11-17T13:32:00Z', '2026-11-17T14:32:00+01:00[Europe/Paris]']

/**
 * The instant a person typed: `2026-11-17 14:32[:05] Europe/Paris`, RFC 3339, or RFC 9557. Throws a usage `Refusal` (exit 2)
 * for one without zone or offset, for one that does not exist in that zone, and for one that exists twice.
 */
export function instantOf(typed: string): Temporal.Instant {
  const text = typed.trim()
  const words = spoken.exec(text)
  if (words) return inZone(typed, `${words[1]}T${words[2]}`, words[3] ?? '')
  const bracket = /^([^[]+)\[([^\]]+)\]$/.exec(text)
  if (bracket) return annotated(typed, bracket[1] ?? '', bracket[2] ?? '')
  return rfc3339(typed, text)
}

/** The day a person typed, `2027-03-31`. Throws a usage `Refusal` (exit 2). */
export function dayOf(typed: string): Temporal.PlainDate {
  try {
    if (/^\d{4}-\d{2}-\d{2}$/.test(typed)) return Temporal.PlainDate.from(typed, {overflow: 'reject'})
  } catch {
    // Said below, as for every other.
  }
  throw unreadable(typed, `${JSON.stringify(typed)} is not a day.`, ['2027-03-31'])
}

function inZone(typed: string, local: string, zone: string): Temporal.Instant {
  const wall = read(typed, () => Temporal.PlainDateTime.from(local))
  known(typed, zone)
  const earlier = wall.toZonedDateTime(zone, {disambiguation: 'earlier'})
  const later = wall.toZonedDateTime(zone, {disambiguation: 'later'})
  if (!earlier.toPlainDateTime().equals(wall)) {
    throw unreadable(typed, `${typed} does not exist: the clocks of ${zone} skip it.`, [
      `The next instant that exists is ${later.toInstant()}.`,
    ])
  }
  if (!earlier.equals(later)) {
    const both = [earlier, later].map(at => at.toString({timeZoneName: 'never'}))
    throw unreadable(typed, `${typed} exists twice: the clocks of ${zone} are set back over it.`, both)
  }
  return earlier.toInstant()
}

/** RFC 9557: offset and zone must agree; with the zone alone it is as if spoken. */
function annotated(typed: string, time: string, zone: string): Temporal.Instant {
  known(typed, zone)
  if (!/(?:Z|[+-]\d{2}:\d{2})$/i.test(time)) return inZone(typed, time, zone)
  const instant = rfc3339(typed, time)
  const there = instant.toZonedDateTimeISO(zone).offset
  const given = time.slice(-6)
  if (!/Z$/i.test(time) && there !== given) {
    throw unreadable(typed, `${typed} does not exist: at that time ${zone} is at ${there}, not ${given}.`)
  }
  return instant
}

function rfc3339(typed: string, text: string): Temporal.Instant {
  if (/^\d{4}-\d{2}-\d{2}(?:[ T]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?)?$/.test(text)) {
    throw unreadable(typed, `${typed} has no time zone and no offset, so it could be any of 38 instants.`)
  }
  return read(typed, () => {
    if (!/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?(?:Z|[+-]\d{2}:\d{2})$/i.test(text))
      throw new RangeError(text)
    return Temporal.Instant.from(text)
  })
}

function known(typed: string, zone: string): void {
  try {
    Temporal.PlainDate.from('2026-01-01').toZonedDateTime(zone)
  } catch {
    throw unreadable(typed, `${JSON.stringify(zone)} is not a time zone.`, [
      'Zones are named as in Europe/Paris or UTC.',
    ])
  }
}

function read<T>(typed: string, parse: () => T): T {
  try {
    return parse()
  } catch {
    throw unreadable(typed, `${JSON.stringify(typed)} is not a time.`)
  }
}

function unreadable(typed: string, message: string, remedies: readonly string[] = forms): Refusal {
  return new Refusal('input-invalid', message, {facts: {typed}, remedies})
}

/** The minutes a person typed: `40m`, `2h`, `1h30m`, or ISO 8601. Throws a usage `Refusal`. */
export function minutesOf(typed: string): number {
  const short = /^(?:(\d{1,3})h)?(?:(\d{1,4})m)?$/.exec(typed)
  const minutes = short?.[0] ? Number(short[1] ?? 0) * 60 + Number(short[2] ?? 0) : isoMinutes(typed)
  if (minutes !== undefined && minutes >= 1 && minutes <= 60 * 24 * 7) return Math.ceil(minutes)
  throw unreadable(typed, `${JSON.stringify(typed)} is no duration from a minute to a week.`, ['40m', '2h', 'PT1H30M'])
}

function isoMinutes(typed: string): number | undefined {
  try {
    return Temporal.Duration.from(typed).total({unit: 'minutes'})
  } catch {
    return undefined
  }
}

/** The span a person typed: `30d`, `12h`, or ISO 8601 in days and less. Throws a usage `Refusal`. */
export function spanOf(typed: string): Temporal.Duration {
  const short = /^(\d{1,5})([dh])$/.exec(typed)
  try {
    if (short) return Temporal.Duration.from({hours: Number(short[1]) * (short[2] === 'd' ? 24 : 1)})
    const span = Temporal.Duration.from(typed)
    if (span.years === 0 && span.months === 0 && span.sign > 0)
      return Temporal.Duration.from({hours: span.total('hours')})
  } catch {
    // Said below, as for every other.
  }
  throw unreadable(typed, `${JSON.stringify(typed)} is no span of days or hours.`, ['30d', '12h', 'P30D'])
}
