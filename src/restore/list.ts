import {asEnvironment, fullName} from '../environment/model.ts'
import {environmentsOf} from '../ledger/environment.ts'
import type {Queries} from '../ledger/ledger.ts'
import {type RestoreRow, restores} from '../ledger/restore.ts'
import {restoreIn} from './known.ts'

/** Requests, the newest first. */
export async function listRestores(
  ledger: Queries,
  asked: {open: boolean; limit: number},
): Promise<{items: readonly (RestoreRow & Named)[]}> {
  const names = new Map((await environmentsOf(ledger)).map(asEnvironment).map(one => [one.id, fullName(one)]))
  return {
    items: (await restores(ledger, asked)).map(row => {
      const into = row.copiedTo ?? row.environment
      return {...row, name: names.get(into) ?? into, ...(row.copiedTo ? {copyOf: names.get(row.environment)} : {})}
    }),
  }
}

interface Named {
  /** Where it is put. */
  readonly name: string
  /** Where it comes from, when that is another environment. */
  readonly copyOf?: string | undefined
}

/** One request and what it is about. Throws `not-found`. */
export async function showRestore(ledger: Queries, id: string): Promise<{row: RestoreRow} & Named> {
  const {row, environment, into} = await restoreIn(ledger, id)
  return into ? {row, name: fullName(into), copyOf: fullName(environment)} : {row, name: fullName(environment)}
}
