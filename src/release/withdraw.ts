import type {Temporal} from 'temporal-polyfill'
import {Refusal} from '../error.ts'
import type {Queries} from '../ledger/ledger.ts'
import {withdrawRelease} from '../ledger/release.ts'
import {type ReleaseShown, showRelease} from './list.ts'

/** Nothing is brought to that version any more; what runs it goes on. Throws `Refusal` `not-found`, `release-unfit`. */
export async function withdraw(
  ledger: Queries,
  {version, why, operator, at}: {version: string; why: string; operator: string; at: Temporal.Instant},
): Promise<ReleaseShown> {
  await showRelease(ledger, version)
  if (await withdrawRelease(ledger, {version, why, operator, at})) return showRelease(ledger, version)
  throw new Refusal('release-unfit', `Release ${version} was withdrawn before.`, {
    facts: {version},
    remedies: [`selfhelp release show ${version}`],
  })
}
