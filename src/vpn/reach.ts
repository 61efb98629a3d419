import {Refusal} from '../error.ts'
import {holds, isPrivate, network} from '../flow/steps.ts'
import {type Reachability, type Vpn, vpnName} from './model.ts'

/**
 * Lets a connector be switched on, or throws `Refusal('vpn-needed')`: a private address needs a VPN that leads to the
 * server (R065, R091), and `vpn` needs one whatever the address is (R094–R096).
 */
export function refuseUnreachable(
  connector: {
    readonly name: string
    readonly address: string
    readonly port: number
    readonly reachability: Reachability
  },
  vpns: readonly Vpn[],
): void {
  const {name, address, port, reachability} = connector
  const where = network(address)
  if (reachability !== 'vpn' && !isPrivate(where)) return
  const carried = vpns.find(({spec}) => spec.networks.some(each => holds(network(each.network), where)))
  const listed = carried?.spec.servers.some(each => each.port === port && holds(network(each.address), where))
  if (listed && reachability === 'vpn') return
  const why = isPrivate(where) ? 'is a private address' : 'is to be reached through a VPN'
  const said = !carried
    ? 'no VPN leads there'
    : listed
      ? `the VPN ${vpnName(carried.spec)} leads there, but the connector is ${reachability}`
      : `the VPN ${vpnName(carried.spec)} leads there, but has no server with port ${port} at it`
  throw new Refusal('vpn-needed', `${name} at ${address} ${why}, and ${said} (R065).`, {
    facts: {connector: name, address, reachability, vpns: vpns.map(each => vpnName(each.spec))},
    remedies: [
      listed
        ? 'Set its reachability to vpn.'
        : 'selfhelp vpn add FILE, with a network that holds the address, and the server with its port',
      'Or have the customer give the server a public address that lets only ours in (restricted, R064).',
    ],
  })
}
