import {CodedError} from '../error.ts'
import {environmentsOf} from '../ledger/environment.ts'
import type {Wanted} from '../machine/model.ts'
import {everything} from './building.ts'
import {environmentNamed} from './list.ts'
import {asEnvironment, type Environment, fullName, hostOf, hostsOf} from './model.ts'
import type {Platform} from './platform.ts'

/** What one environment would change on a host, or why nobody knows. */
export type EnvironmentForecast =
  | {
      readonly environment: string
      readonly host: string
      readonly ok: true
      readonly changes: readonly {readonly of: string; readonly what: string; readonly diff?: string}[]
      readonly planHash: string
      readonly roundTrips: number
    }
  | {
      readonly environment: string
      readonly host: string
      readonly ok: false
      readonly error: {readonly code: string; readonly message: string; readonly remedies: readonly string[]}
    }

/** What stands on hosts for an environment beside what building it brings, such as its backups. */
export interface Beside {
  hosts(environment: Environment): readonly string[]
  wanted(environment: Environment, host: string): Promise<readonly Wanted[]>
}

/** Forecasts the named environments, or all: one exchange with each of their hosts, nothing changed. */
export async function planEnvironments(
  platform: Platform,
  typed: readonly string[],
  beside: Beside = {hosts: () => [], wanted: async () => []},
): Promise<{items: readonly EnvironmentForecast[]}> {
  const {ledger} = platform
  const all = typed.length > 0 ? await Promise.all(typed.map(one => environmentNamed(ledger, one))) : undefined
  const environments = all ?? (await environmentsOf(ledger)).map(asEnvironment)
  const places = environments.flatMap(one =>
    [...new Set([...hostsWithPart(one), ...beside.hosts(one)])].map(host => ({one, host})),
  )
  const wanted = async (one: Environment, host: string) => [
    ...(hostsWithPart(one).includes(host) ? await everything(platform, one, host) : []),
    ...(await beside.wanted(one, host)),
  ]
  return {items: await Promise.all(places.map(({one, host}) => forecast(platform, {one, host}, wanted)))}
}

/** True when something differs, or could not be asked. */
export function differs({items}: {items: readonly EnvironmentForecast[]}): boolean {
  return items.some(item => !item.ok || item.changes.length > 0)
}

function hostsWithPart(environment: Environment): readonly string[] {
  return [...new Set([hostOf(environment, 'database'), ...hostsOf(environment, 'edge')])]
}

async function forecast(
  platform: Platform,
  {one, host}: {one: Environment; host: string},
  wanted: Beside['wanted'],
): Promise<EnvironmentForecast> {
  const about = {environment: fullName(one), host}
  try {
    const machine = await platform.machine(about.host)
    const before = machine.roundTrips
    const {changes, planHash} = await machine.plan(await wanted(one, host))
    const shown = changes.map(({of, what, diff}) => ({of, what, ...(diff === undefined ? {} : {diff})}))
    return {...about, ok: true, changes: shown, planHash, roundTrips: machine.roundTrips - before}
  } catch (error) {
    if (!(error instanceof CodedError) || error.kind === 'bug') throw error
    const {code, message, remedies} = error
    return {...about, ok: false, error: {code, message, remedies}}
  }
}
