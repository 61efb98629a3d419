import {Temporal} from 'temporal-polyfill'

/** What a notice is about; each kind has a text per language under templates/notice/. */
export const kinds = [
  'maintenance-planned',
  'maintenance-moved',
  'maintenance-cancelled',
  'maintenance-done',
  'migration-done',
  'migration-qualification',
  'migration-qualified',
  'migration-reminder',
  'migration-rolled-back',
  'override-approved',
  'release-available',
  'connection-document',
  'transfer-failed',
  'test',
] as const
export type Kind = (typeof kinds)[number]

export type Locale = 'fr' | 'en'

/** Whom a notice is for, and what it tells. */
export interface NewNotice {
  /** Names what happened: a second notice for it is never made. */
  readonly event: string
  readonly kind: Kind
  readonly tenant: string
  /** Contacts with one of these roles. */
  readonly roles: readonly string[]
  /** `acme/production` */
  readonly environment?: string | undefined
  /** One line: what is done. */
  readonly what: string
  readonly why?: string | undefined
  readonly when?: {readonly from: Temporal.Instant; readonly until: Temporal.Instant} | undefined
  /** Text of its own: release notes, a document. */
  readonly text?: Readonly<Record<Locale, string>> | undefined
  readonly operation?: {readonly id: string; readonly sequence: number} | undefined
}

/** What came of one attempt. */
export interface Outcome {
  readonly state: 'accepted' | 'deferred' | 'refused' | 'uncertain'
  /** What the server said, or what went wrong. */
  readonly reply: string
}

/** Servers that greylist let a sender in after five minutes or more; after two days a message has failed (RFC 5321 4.5.4.1). */
export function nextTry(attempts: number, now: Temporal.Instant): Temporal.Instant {
  return now.add({minutes: Math.min(5 * 2 ** Math.max(0, attempts - 1), 60)})
}

export const givenUpAfter = Temporal.Duration.from({hours: 48})

/** While the base domain is a domain for tests, nobody outside of it gets mail. */
export function isOutside(email: string, baseDomain: string): boolean {
  return /(?:^|\.)test$/.test(baseDomain) && !/[@.]test$/.test(email)
}

/** The same for every attempt, so that a recipient that got a message twice can tell. */
export function messageId(notice: string, contact: string, sender: string): string {
  return `<${notice}.${contact}@${sender.split('@')[1] ?? 'localhost'}>`
}
