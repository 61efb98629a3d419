import {Refusal} from '../error.ts'
import {holds, isPrivate, network} from '../flow/steps.ts'
import {type Vpn, vpnName} from './model.ts'

/** How a server of the customer is reached (R064): by anybody, by our addresses only, or through a VPN. */
export type Reachability = 'public' | 'restricted' | 'vpn'

/** A VPN is required when functions are wanted and a server has no public address (R091). */
export function vpnRequired({wanted, addresses}: {wanted: boolean; addresses: readonly string[]}): boolean {
  return wanted && addresses.some(address => isPrivate(network(address)))
}

/**
 * Lets a connector be switched on, or throws `Refusal('vpn-needed')`: a private address needs a VPN whose networks hold
 * it (R065), and `vpn` needs one whatever the address is (R094–R096).
 */
export function refuseUnreachable(
  connector: {readonly name: string; readonly address: string; readonly reachability: Reachability},
  vpns: readonly Vpn[],
): void {
  const {name, address, reachability} = connector
  const where = network(address)
  if (reachability !== 'vpn' && !isPrivate(where)) return
  const carried = vpns.find(({spec}) => spec.networks.some(each => holds(network(each.network), where)))
  if (carried && reachability === 'vpn') return
  const why = isPrivate(where) ? 'is a private address' : 'is to be reached through a VPN'
  const said = carried
    ? `the VPN ${vpnName(carried.spec)} leads there, but the connector is ${reachability}`
    : 'no VPN leads there'
  throw new Refusal('vpn-needed', `${name} at ${address} ${why}, and ${said} (R065).`, {
    facts: {connector: name, address, reachability, vpns: vpns.map(each => vpnName(each.spec))},
    remedies: [
      carried ? 'Set its reachability to vpn.' : 'selfhelp vpn add FILE, with a network that holds the address',
      'Or have the customer give the server a public address that lets only ours in (restricted, R064).',
    ],
  })
}
