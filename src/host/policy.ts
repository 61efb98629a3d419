import type {Ledger} from '../ledger/ledger.ts'
import {deleteSetting, putSetting, setting} from '../ledger/setting.ts'
import {type PolicyName, policies} from '../tls/steps.ts'
import type {HostWorld} from './apply.ts'
import {type ApplyAll, type ApplyHost, applyHosts, type FleetApplied} from './apply-all.ts'
import {fleetOf} from './list.ts'
import type {Host} from './model.ts'
import {type FleetForecast, planHosts} from './plan.ts'

/** Every edge in service: a policy is one for all, as names of any tenant may be at any of them. */
export async function edges(ledger: Ledger): Promise<readonly Host[]> {
  return (await fleetOf(ledger)).filter(({roles}) => roles.includes('edge'))
}

/** What a policy would change on the edges. */
export async function planPolicy(
  world: HostWorld,
  name: PolicyName,
  all: Pick<ApplyAll, 'hosts' | 'pace'>,
): Promise<FleetForecast> {
  return planHosts(under(world, name), all.hosts, all.pace)
}

export interface PolicySetting {
  readonly ledger: Ledger
  readonly world: HostWorld
  readonly run: ApplyHost
}

/**
 * Wants a policy of every edge and makes them so. Edges that fail stay wanted so and are finished by `host apply --only
 * failed`; when none could be changed, nothing is wanted that was not before.
 */
export async function setPolicy(
  {ledger, world, run}: PolicySetting,
  name: PolicyName,
  all: ApplyAll,
): Promise<FleetApplied> {
  const before = await setting(ledger, 'tls-policy')
  await putSetting(ledger, 'tls-policy', name)
  const back = async () => {
    if (before !== undefined) await putSetting(ledger, 'tls-policy', before)
    else await deleteSetting(ledger, 'tls-policy')
  }
  try {
    const applied = await applyHosts(under(world, name), run, all)
    if (applied.items.length > 0 && applied.items.every(({ok}) => !ok)) await back()
    return applied
  } catch (error) {
    await back()
    throw error
  }
}

function under(world: HostWorld, name: PolicyName): HostWorld {
  return {...world, book: {...world.book, tls: async () => policies[name]}}
}
