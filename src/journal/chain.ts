import {beginning, hashOf, type JournalRow} from '../ledger/journal.ts'

/** The first entry that is not as it was written, and how that shows. */
export interface Break {
  readonly sequence: number
  readonly why: string
}

/** Follows the ledger's chain entry by entry, from the first; remembers one hash for the ledger and one per tenant. */
export interface Chain {
  /** The next entry in order; undefined when it is as it should be. */
  follow(row: JournalRow): Break | undefined
  readonly sequence: number
  readonly hash: string
  readonly tenants: number
}

/** A chain before its first entry. */
export function chain(): Chain {
  let [sequence, hash] = [0, beginning]
  const ofTenant = new Map<string, string>()
  const judge = (row: JournalRow): string | undefined => {
    if (row.sequence !== sequence + 1) return `entries ${sequence + 1} to ${row.sequence - 1} are missing`
    if (row.hash !== hashOf(row)) return 'it was altered: its hash is not that of its content'
    if (row.previous !== hash) return 'it is not linked to the entry before it'
    const wanted = row.tenant === undefined ? undefined : (ofTenant.get(row.tenant) ?? beginning)
    if (row.previousOfTenant !== wanted) return "it is not linked to its tenant's entry before it"
    return undefined
  }
  return {
    follow(row) {
      const why = judge(row)
      if (why) return {sequence: Math.min(row.sequence, sequence + 1), why}
      ;[sequence, hash] = [row.sequence, row.hash]
      if (row.tenant !== undefined) ofTenant.set(row.tenant, row.hash)
      return undefined
    },
    get sequence() {
      return sequence
    },
    get hash() {
      return hash
    },
    get tenants() {
      return ofTenant.size
    },
  }
}
