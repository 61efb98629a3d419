import {createHash} from 'node:crypto'
import type {Change} from '../machine/model.ts'
import {type HostBook, type HostChanged, type HostWorld, planHost} from './apply.ts'
import {type Outcome, overHosts, type Pace} from './fleet.ts'
import type {Host} from './model.ts'

/** What one host would change, or why nobody knows. */
export type HostForecast =
  | {
      readonly host: string
      readonly ok: true
      readonly changes: readonly Pick<Change, 'of' | 'what' | 'diff'>[]
      readonly planHash: string
      readonly roundTrips: number
    }
  | HostTrouble

/** Why a host could not be asked or changed. */
export interface HostTrouble {
  readonly host: string
  readonly ok: false
  readonly error: {
    readonly kind: string
    readonly code: string
    readonly message: string
    readonly remedies: readonly string[]
  }
}

export interface FleetForecast {
  readonly items: readonly HostForecast[]
  /** Of the one host, or over all of them; equal when the same would happen. */
  readonly planHash: string
  readonly roundTrips: number
}

/** Forecasts what would change on each of these hosts: one exchange each, nothing changed. */
export async function planHosts(world: HostWorld, hosts: readonly Host[], pace: Pace): Promise<FleetForecast> {
  const known = {...world, book: await askedOnce(world.book, hosts)}
  const outcomes = await overHosts(hosts, pace, ({name}) => planHost(known, name))
  const items = outcomes.map(outcome => (outcome.ok ? forecast(outcome.value) : trouble(outcome)))
  return {
    items,
    planHash: hashOf(items),
    roundTrips: items.reduce((sum, each) => sum + (each.ok ? each.roundTrips : 0), 0),
  }
}

/** What these hosts have in common is asked of the ledger once for all of them. */
async function askedOnce(book: HostBook, hosts: readonly Host[]): Promise<HostBook> {
  const [fleet, configured, tls] = await Promise.all([book.fleet(), book.configured(), book.tls?.()])
  return {
    fleet: async () => fleet,
    configured: async () => configured,
    ...(tls === undefined ? {} : {tls: async () => tls}),
    named: async name => hosts.find(host => host.name === name) ?? book.named(name),
  }
}

/** The JSON of a host that could not be asked or changed. */
export function trouble({host, error}: Extract<Outcome<unknown>, {ok: false}>): HostTrouble {
  const {kind, code, message, remedies} = error
  return {host, ok: false, error: {kind, code, message, remedies}}
}

/** Without what would be sent: the difference is for people, the actions are the machine's. */
export function forecast({host, changes, planHash, roundTrips}: HostChanged): HostForecast {
  const shown = changes.map(({of, what, diff}) => ({of, what, ...(diff === undefined ? {} : {diff})}))
  return {host, ok: true, changes: shown, planHash, roundTrips}
}

function hashOf(items: readonly HostForecast[]): string {
  const hashes = items.map(item => (item.ok ? `${item.host} ${item.planHash}` : `${item.host} -`))
  const [only] = items
  if (only?.ok && items.length === 1) return only.planHash
  return createHash('sha256').update(hashes.sort().join('\n')).digest('hex')
}
