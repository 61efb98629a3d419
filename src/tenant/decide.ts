import {randomBytes} from 'node:crypto'
import type {Temporal} from 'temporal-polyfill'
import {type Contract, type EnvironmentName, subscribed} from '../contract/model.ts'
import type {Placed} from '../environment/model.ts'
import {environmentId, place, refuseUnbuildable} from '../environment/steps.ts'
import {Refusal} from '../error.ts'
import {environmentsPerHost, takenIds} from '../ledger/environment.ts'
import {hosts} from '../ledger/host.ts'
import type {Ledger} from '../ledger/ledger.ts'
import {portsForEach, portsTaken} from '../ledger/port.ts'
import {setting} from '../ledger/setting.ts'
import {sites} from '../ledger/site.ts'
import {asSite} from '../site/model.ts'
import type {Decided, TenantTyped} from './model.ts'

export interface Deciding {
  readonly ledger: Ledger
  /** Today. */
  readonly on: Temporal.PlainDate
  /** The release environments get. */
  readonly version: string
}

/** What a new tenant's environments will be: ids, hosts and names. Throws `placement-refused`, `label-reserved`. */
export async function decide(
  deciding: Deciding,
  typed: TenantTyped,
  only?: readonly EnvironmentName[],
): Promise<readonly Decided[]> {
  const {ledger, on, version} = deciding
  const {contract} = typed
  refuseUnbuildable(contract)
  const environments = only ?? subscribed(contract)
  const [base, known, all, carried, taken] = await Promise.all([
    setting(ledger, 'base-domain'),
    sites(ledger),
    hosts(ledger),
    environmentsPerHost(ledger),
    portsTaken(ledger),
  ])
  if (base === undefined)
    throw new Refusal('ledger-missing', 'There is no base domain yet.', {remedies: ['selfhelp init']})
  const candidates = all
    .filter(({retiredAt}) => retiredAt === undefined)
    .map(({name, site, roles, facts}) => ({
      name,
      site,
      roles,
      memoryMegabytes: facts.memoryMegabytes as number | undefined,
      diskFreeMegabytes: facts.diskFreeMegabytes as number | undefined,
      environments: carried.get(name) ?? 0,
      portsFree: portsForEach - (taken.get(name) ?? 0),
    }))
  const placed = place({contract, environments, asked: typed.hosts, sites: known.map(asSite), hosts: candidates, on})
  const ids = await freshIds(ledger, environments.length)
  return environments.map((name, at) => decided({id: ids[at] as string, name, version, base}, placed))
}

function decided(one: Omit<Decided, 'placed'>, placed: ReadonlyMap<EnvironmentName, readonly Placed[]>): Decided {
  return {...one, placed: placed.get(one.name) ?? []}
}

async function freshIds(ledger: Ledger, count: number): Promise<readonly string[]> {
  for (;;) {
    const ids = Array.from({length: count}, () => environmentId(randomBytes(6)))
    if (new Set(ids).size === count && (await takenIds(ledger, ids)).length === 0) return ids
  }
}

/** `ROLE=NAME` words as typed. Throws `Refusal('input-invalid')`. */
export function parseHosts(words: readonly string[]): Readonly<Record<string, string>> {
  const known = ['edge', 'presentation', 'edition', 'database', 'repository']
  const pairs = words.map(word => word.split('=') as [string, string?])
  const wrong = words.filter(
    (_, at) => !known.includes(pairs[at]?.[0] ?? '') || !pairs[at]?.[1] || pairs[at]?.length !== 2,
  )
  const twice = pairs.map(([role]) => role).filter((role, at, all) => all.indexOf(role) !== at)
  if (wrong.length === 0 && twice.length === 0) return Object.fromEntries(pairs) as Record<string, string>
  throw new Refusal(
    'input-invalid',
    `--host takes ROLE=NAME, each role once; not ${[...wrong, ...twice].join(', ')}.`,
    {
      facts: {wrong, twice, roles: known},
      remedies: ['Write --host database=north-1.'],
    },
  )
}

/** Throws `Refusal('tenant-differs')` when the contract is of another tenant than the one named. */
export function refuseOtherName(contract: Contract, name: string): void {
  if (contract.tenant === name) return
  throw new Refusal('tenant-differs', `The contract is of tenant ${contract.tenant}, not of ${name}.`, {
    facts: {typed: name, contract: contract.tenant},
    remedies: [`selfhelp tenant create ${contract.tenant} --contract FILE`],
  })
}
