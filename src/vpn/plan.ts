import {held, isLoaded, stampFor} from './charon.ts'
import {credentialsOf} from './key.ts'
import {connectionName, vpnName} from './model.ts'
import {placed, type Standing, standing} from './place.ts'

/** What would change on the hosts of a VPN, and in its gateway's memory. */
export interface VpnForecast {
  readonly vpn: string
  readonly items: readonly {readonly host: string; readonly of: string; readonly what: string; readonly diff?: string}[]
}

/** Asks every host once; changes nothing. Secrets are masked. */
export async function planVpn(platform: Standing, name: string): Promise<VpnForecast> {
  const place = await placed(platform, name)
  const {vpn, gateway, ours} = place
  const credentials = await credentialsOf(platform, vpn.spec)
  const about = vpnName(vpn.spec)
  if (vpn.spec.authentication && !credentials) {
    const what = 'make its credentials, write its files, load it'
    return {vpn: about, items: [{host: gateway.name, of: `connection ${connectionName(vpn.spec)}`, what}]}
  }
  const parts = await standing(platform, place)
  const plans = await Promise.all(parts.map(({machine, wanted}) => machine.plan(wanted)))
  const changes = plans.flatMap(({host, changes}) =>
    changes.map(({of, what, diff}) => ({host, of, what, ...(diff === undefined ? {} : {diff})})),
  )
  if (!credentials) return {vpn: about, items: changes}
  const now = await held(await platform.machine(gateway.name), connectionName(vpn.spec))
  const load = {
    host: gateway.name,
    of: `connection ${connectionName(vpn.spec)}`,
    what: now.connection ? 'load anew' : 'load',
  }
  return {vpn: about, items: [...changes, ...(isLoaded(now, stampFor(vpn, ours, credentials)) ? [] : [load])]}
}
