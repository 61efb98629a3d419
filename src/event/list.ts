import {type EventRow, events} from '../ledger/event.ts'
import type {Queries} from '../ledger/ledger.ts'

/** Findings, the latest first; a `next` says that there are more than were asked for. */
export async function listEvents(
  ledger: Queries,
  {open, limit}: {open: boolean; limit: number},
): Promise<{items: readonly EventRow[]; next?: string}> {
  const rows = await events(ledger, {open, limit: limit + 1})
  return {items: rows.slice(0, limit), ...(rows.length > limit ? {next: `--limit ${limit * 2}`} : {})}
}
