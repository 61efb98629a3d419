import {connectLedger} from '../../src/ledger/connect.ts'
import {placeOf} from '../../src/ledger/place.ts'
import type {Centre} from './centre.ts'

/**
 * The days until a migration's slot pass: everything the ledger has about it moves into the past, so that the slot
 * begins now. Who was told, and when, stays as far before it as it was.
 */
export async function daysPass({home}: Centre, migration: string): Promise<void> {
  const address = {kind: 'private', place: placeOf(home, process.env), database: 'selfhelp'} as const
  const ledger = await connectLedger(address, 'owner')
  try {
    await ledger.transaction(async tx => {
      const [slot] = await tx.all<{back: string}>`
        select (from_at - now() + interval '1 second')::text back from migration where id = ${migration}`
      const back = slot?.back ?? '0'
      await tx.all`
        update migration set from_at = from_at - ${back}::interval, until_at = until_at - ${back}::interval
        where id = ${migration}`
      await tx.all`
        update operation set from_at = from_at - ${back}::interval, until_at = until_at - ${back}::interval
        where plan = ${migration} and state = 'planned'`
      await tx.all`
        update delivery set accepted_at = accepted_at - ${back}::interval
        where notice in (select id from notice where operation in (select id from operation where plan = ${migration}))`
    })
  } finally {
    await ledger.close()
  }
}
