import type {Clock} from '../clock.ts'
import {Refusal} from '../error.ts'
import {environmentsOn, retireHost} from '../ledger/host.ts'
import type {Ledger} from '../ledger/ledger.ts'
import type {Host} from './model.ts'
import type {Agree} from './repin.ts'

export interface Retired {
  readonly host: string
  readonly changed: boolean
}

/**
 * Takes hosts out of service, all or none: nothing is placed on them and no firewall knows them any more. The machines
 * themselves are left as they are. Throws `Refusal` `host-in-use` naming every one that carries environments,
 * `confirmation-missing`.
 */
export async function retire(
  {ledger, clock}: {readonly ledger: Ledger; readonly clock: Clock},
  hosts: readonly Host[],
  {agree, plan}: {readonly agree: Agree; readonly plan: boolean},
): Promise<{readonly items: readonly Retired[]}> {
  const leaving = hosts.filter(({retiredAt}) => retiredAt === undefined)
  const names = leaving.map(({name}) => name)
  await refuseUsed(ledger, names)
  const items = hosts.map(({name}) => ({host: name, changed: names.includes(name)}))
  if (plan || names.length === 0) return {items}
  const [goes, key] = names.length === 1 ? ['goes', 'its pinned key is'] : ['go', 'their pinned keys are']
  await agree(
    names.join(','),
    `${names.join(', ')} ${goes} out of service: ${key} forgotten and the other hosts close their doors.`,
  )
  await ledger.transaction(async tx => {
    for (const name of names) await retireHost(tx, name, clock.now())
  })
  return {items}
}

function removing(used: readonly {readonly environments: readonly string[]}[]): readonly string[] {
  const tenants = used.flatMap(({environments}) => environments).map(name => name.split('/')[0])
  return [...new Set(tenants)].map(tenant => `selfhelp tenant remove ${tenant} takes all of ${tenant} away`)
}

async function refuseUsed(ledger: Ledger, names: readonly string[]): Promise<void> {
  const carried = await Promise.all(names.map(async name => ({name, environments: await environmentsOn(ledger, name)})))
  const used = carried.filter(({environments}) => environments.length > 0)
  if (used.length === 0) return
  const list = used.map(({name, environments}) => `${name} still carries ${environments.join(', ')}`).join('; ')
  throw new Refusal('host-in-use', `${list}; nothing was changed.`, {
    facts: {environments: used.flatMap(({environments}) => environments), hosts: used},
    remedies: ['Move or remove these environments first: selfhelp environment list', ...removing(used)],
  })
}
