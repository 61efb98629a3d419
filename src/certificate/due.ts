import {createHash} from 'node:crypto'
import {Temporal} from 'temporal-polyfill'

/** What is known about renewing the certificate of a name. */
export interface Life {
  readonly hostname: string
  readonly notBefore: Temporal.Instant
  readonly notAfter: Temporal.Instant
  readonly failures: number
  readonly triedAt: Temporal.Instant | undefined
  /** The authority asked not to be asked before. */
  readonly askNotBefore: Temporal.Instant | undefined
}

/** A third of the lifetime, so that 200, 100 and 47 days all work. */
const lead = 1 / 3
/** The instants of many names are spread over this part of the lead, earlier never later: 2,000 names of 47 days make 27 an hour. */
const spread = 1 / 5

/** From when on a certificate is to be renewed; the same name has the same instant each time it is asked. */
export function renewalAt({
  hostname,
  notBefore,
  notAfter,
}: Pick<Life, 'hostname' | 'notBefore' | 'notAfter'>): Temporal.Instant {
  const leadMs = leadOf({notBefore, notAfter})
  return notAfter.subtract({milliseconds: Math.round(leadMs * (1 + spread * shareOf(hostname)))})
}

const leadOf = ({notBefore, notAfter}: Pick<Life, 'notBefore' | 'notAfter'>): number =>
  (notAfter.epochMilliseconds - notBefore.epochMilliseconds) * lead

/** 0 to 1, evenly over names. */
function shareOf(hostname: string): number {
  return createHash('sha256').update(hostname).digest().readUInt32BE() / 2 ** 32
}

/** True when it is to be tried now: due, and neither backing off nor asked to wait. */
export function dueAt(life: Life, now: Temporal.Instant): boolean {
  const after = [renewalAt(life), nextTry(life), life.askNotBefore].filter(at => at !== undefined)
  return after.every(at => Temporal.Instant.compare(at, now) <= 0)
}

const firstPauseMs = 15 * 60_000
const longestPauseMs = 24 * 3_600_000

/** Twice as long after each failure, a quarter of an hour to a day: an authority allows five failures an hour for a name. */
export function nextTry({failures, triedAt}: Pick<Life, 'failures' | 'triedAt'>): Temporal.Instant | undefined {
  if (failures === 0 || !triedAt) return undefined
  return triedAt.add({milliseconds: Math.min(firstPauseMs * 2 ** (failures - 1), longestPauseMs)})
}

export type Urgency = 'half' | 'quarter' | 'eighth' | 'ended'

/** How much of the lead is gone while renewal fails; undefined while more than half is left. */
export function urgencyOf(
  {notBefore, notAfter}: Pick<Life, 'notBefore' | 'notAfter'>,
  now: Temporal.Instant,
): Urgency | undefined {
  const left = (notAfter.epochMilliseconds - now.epochMilliseconds) / leadOf({notBefore, notAfter})
  if (left <= 0) return 'ended'
  if (left <= 1 / 8) return 'eighth'
  if (left <= 1 / 4) return 'quarter'
  return left <= 1 / 2 ? 'half' : undefined
}
