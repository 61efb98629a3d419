import type {Temporal} from 'temporal-polyfill'
import {closeEvents, type EventRow, putEvent} from '../ledger/event.ts'
import type {Queries} from '../ledger/ledger.ts'

/** Something found that somebody must settle; its kind and subject name it. */
export interface Finding {
  /** Words with dashes, the noun first: `backup-late`, `certificate-ends-soon`. */
  readonly kind: string
  /** What it is about, as people type it: `acme/production`, `north-1`, a host name. */
  readonly subject: string
  readonly tenant?: string | undefined
  /** Who is to settle it, by address; nobody in particular when left out. */
  readonly owner?: string | undefined
  /** What to type or do. */
  readonly remedy: string
  /** What was seen, as data; never a secret. */
  readonly detail?: Readonly<Record<string, unknown>>
}

/** Opens a finding's event, or says that it was seen again: first seen stays, last seen and what is known move. */
export async function noteFinding(q: Queries, finding: Finding, at: Temporal.Instant): Promise<EventRow> {
  return putEvent(q, {tenant: undefined, owner: undefined, detail: {}, ...finding}, at)
}

/** Closes a finding that is no more; false when none was open. */
export async function settleFinding(
  q: Queries,
  {kind, subject}: Pick<Finding, 'kind' | 'subject'>,
  at: Temporal.Instant,
): Promise<boolean> {
  return (await closeEvents(q, {subject, kinds: [kind]}, at)).length > 0
}

/** What one look at a subject has found among these kinds: notes what is there, settles what is no more. */
export async function reportFindings(
  q: Queries,
  look: {readonly subject: string; readonly kinds: readonly string[]; readonly found: readonly Finding[]},
  at: Temporal.Instant,
): Promise<void> {
  for (const finding of look.found) await noteFinding(q, finding, at)
  const gone = look.kinds.filter(kind => !look.found.some(finding => finding.kind === kind))
  await closeEvents(q, {subject: look.subject, kinds: gone}, at)
}
