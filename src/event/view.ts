import type {EventRow} from '../ledger/event.ts'
import type {View} from '../terminal/view.ts'

/** Findings as rows. */
export function eventRows(items: readonly EventRow[]): View {
  return {
    heads: ['kind', 'about', 'tenant', 'owner', 'since', 'last seen', 'remedy'],
    rows: items.map(each => [
      each.kind,
      each.subject,
      each.tenant,
      each.owner,
      each.firstSeen,
      each.lastSeen,
      each.remedy,
    ]),
    empty: 'Nothing is open.',
  }
}
