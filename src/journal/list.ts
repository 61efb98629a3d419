import type {JournalRow} from '../ledger/journal.ts'
import {type JournalFilter, journalEntries} from '../ledger/journal-read.ts'
import type {Ledger} from '../ledger/ledger.ts'

export interface JournalList {
  readonly items: readonly JournalRow[]
  /** For `--before`, when there may be older ones. */
  readonly next?: string
}

/** The newest entries, newest first. */
export async function listJournal(ledger: Ledger, filter: JournalFilter): Promise<JournalList> {
  const items = await journalEntries(ledger, filter)
  const last = items.at(-1)
  return items.length === filter.limit && last && last.sequence > 1 ? {items, next: `${last.sequence}`} : {items}
}
