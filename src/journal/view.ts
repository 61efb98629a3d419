import {Temporal} from 'temporal-polyfill'
import type {View} from '../terminal/view.ts'
import type {JournalExport} from './export.ts'
import type {JournalList} from './list.ts'
import type {Verified} from './verify.ts'

/** A line for each entry. */
export function journalRows({items}: JournalList): View {
  return {
    heads: ['entry', 'at', 'operator', 'kind', 'subject', 'what', 'result', 'reason'],
    rows: items.map(row => [
      row.sequence,
      Temporal.Instant.from(row.at),
      row.operator,
      row.kind,
      row.subject,
      row.step ?? commandOf(row.body),
      {text: row.result, tone: bad.has(row.result) ? 'bad' : 'plain'},
      row.reason ?? row.ticket,
    ]),
    empty: 'No entries.',
  }
}

/** Whole or not, and where it breaks. */
export function journalVerified({entries, tenants, heads, signatures, broken}: Verified): View {
  const counts = `${entries} entries of ${tenants} tenants, ${heads} signed heads and ${signatures} signed requests`
  return broken ? `Broken at entry ${broken.sequence}: ${broken.why}. Before it: ${counts}.` : `Whole: ${counts}.`
}

/** Where the file is, and how to check it without us. */
export function journalExported({tenant, file, entries}: JournalExport): View {
  return `${entries} entries of ${tenant} are in ${file}.\nAnybody checks them with: node docs/verify-journal.mjs ${file}`
}

const bad = new Set(['refused', 'failed', 'bug', 'stopped', 'undo-failed'])

function commandOf(body: unknown): string | undefined {
  const {command, request} = (body ?? {}) as {command?: string; request?: {command?: string}}
  return command ?? request?.command
}
