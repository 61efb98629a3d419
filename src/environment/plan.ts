import {CodedError} from '../error.ts'
import {environmentsOf} from '../ledger/environment.ts'
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

/** Forecasts the named environments, or all: one exchange with each of their hosts, nothing changed. */
export async function planEnvironments(
  platform: Platform,
  typed: readonly string[],
): Promise<{items: readonly EnvironmentForecast[]}> {
  const {ledger} = platform
  const all = typed.length > 0 ? await Promise.all(typed.map(one => environmentNamed(ledger, one))) : undefined
  const environments = all ?? (await environmentsOf(ledger)).map(asEnvironment)
  const places = environments.flatMap(one => hostsWithPart(one).map(host => ({one, host})))
  return {items: await Promise.all(places.map(({one, host}) => forecast(platform, one, host)))}
}

/** True when something differs, or could not be asked. */
export function differs({items}: {items: readonly EnvironmentForecast[]}): boolean {
  return items.some(item => !item.ok || item.changes.length > 0)
}

function hostsWithPart(environment: Environment): readonly string[] {
  return [...new Set([hostOf(environment, 'database'), ...hostsOf(environment, 'edge')])]
}

async function forecast(platform: Platform, environment: Environment, host: string): Promise<EnvironmentForecast> {
  const about = {environment: fullName(environment), host}
  try {
    const machine = await platform.machine(about.host)
    const before = machine.roundTrips
    const {changes, planHash} = await machine.plan(await everything(platform, environment, host))
    const shown = changes.map(({of, what, diff}) => ({of, what, ...(diff === undefined ? {} : {diff})}))
    return {...about, ok: true, changes: shown, planHash, roundTrips: machine.roundTrips - before}
  } catch (error) {
    if (!(error instanceof CodedError) || error.kind === 'bug') throw error
    const {code, message, remedies} = error
    return {...about, ok: false, error: {code, message, remedies}}
  }
}
