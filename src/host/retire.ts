import type {Clock} from '../clock.ts'
import {Refusal} from '../error.ts'
import {environmentsOn, host as hostRow, retireHost} from '../ledger/host.ts'
import type {Ledger} from '../ledger/ledger.ts'
import {asHost} from './model.ts'
import type {Agree} from './repin.ts'

export interface Retired {
  readonly host: string
  readonly changed: boolean
}

/**
 * Takes a host out of service: nothing is placed on it and no firewall knows it any more. The machine itself is left as it is.
 * Throws `Refusal` `not-found`, `host-in-use` (environments stand on it), `confirmation-missing`.
 */
export async function retire(
  {ledger, clock}: {readonly ledger: Ledger; readonly clock: Clock},
  name: string,
  {agree, plan}: {readonly agree: Agree; readonly plan: boolean},
): Promise<Retired> {
  const row = await hostRow(ledger, name)
  if (!row) throw new Refusal('not-found', `There is no host ${name}.`, {remedies: ['selfhelp host list']})
  if (asHost(row).retiredAt !== undefined) return {host: name, changed: false}
  const environments = await environmentsOn(ledger, name)
  if (environments.length > 0)
    throw new Refusal('host-in-use', `${name} still carries ${environments.join(', ')}; nothing was changed.`, {
      facts: {environments},
      remedies: ['Move or remove these environments first.'],
    })
  if (plan) return {host: name, changed: true}
  await agree(`${name} goes out of service: its pinned key is forgotten and the other hosts close their doors to it.`)
  await retireHost(ledger, name, clock.now())
  return {host: name, changed: true}
}
