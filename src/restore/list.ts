import {asEnvironment, fullName} from '../environment/model.ts'
import {environmentsOf} from '../ledger/environment.ts'
import type {Queries} from '../ledger/ledger.ts'
import {type RestoreRow, restores} from '../ledger/restore.ts'
import {restoreIn} from './known.ts'

/** Requests, the newest first. */
export async function listRestores(
  ledger: Queries,
  asked: {open: boolean; limit: number},
): Promise<{items: readonly (RestoreRow & {name: string})[]}> {
  const names = new Map((await environmentsOf(ledger)).map(asEnvironment).map(one => [one.id, fullName(one)]))
  return {
    items: (await restores(ledger, asked)).map(row => ({...row, name: names.get(row.environment) ?? row.environment})),
  }
}

/** One request and what it is about. Throws `not-found`. */
export async function showRestore(ledger: Queries, id: string): Promise<{row: RestoreRow; name: string}> {
  const {row, environment} = await restoreIn(ledger, id)
  return {row, name: fullName(environment)}
}
