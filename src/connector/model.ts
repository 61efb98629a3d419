import {isIP} from 'node:net'
import {Refusal} from '../error.ts'
import {type Purpose, purposes} from '../flow/model.ts'
import {parseNetwork} from '../flow/steps.ts'
import type {Reachability} from '../vpn/model.ts'

/** A server of a customer that a function of their environments uses. */
export interface Connector {
  readonly tenant: string
  /** A short name, once per tenant. */
  readonly name: string
  readonly purpose: Purpose
  readonly address: string
  readonly port: number
  readonly reachability: Reachability
}

export const reachabilities: readonly Reachability[] = ['public', 'restricted', 'vpn']

/** `acme/directory` */
export const connectorName = ({tenant, name}: Pick<Connector, 'tenant' | 'name'>): string => `${tenant}/${name}`

/** A connector as typed. Throws `Refusal('input-invalid')` with every fault at once. */
export function parseConnector(typed: {
  readonly named: string
  readonly purpose: string
  readonly address: string
  readonly port: number
  readonly reachability: string
}): Connector {
  const {tenant, name} = parseName(typed.named)
  const {address, port} = typed
  const purpose = purposes.find(each => each === typed.purpose)
  const reachability = reachabilities.find(each => each === typed.reachability)
  const faults = [
    ...(purpose ? [] : [`--purpose is none of ${purposes.join(', ')}`]),
    ...(reachability ? [] : [`--reachability is none of ${reachabilities.join(', ')}`]),
    ...addressFaults(address),
    ...(Number.isInteger(port) && port >= 1 && port <= 65_535 ? [] : [`--port ${port} is none from 1 to 65535`]),
  ]
  if (faults.length === 0 && purpose && reachability)
    return {tenant, name, purpose, address: address.toLowerCase(), port, reachability}
  throw invalid(faults)
}

/** One address as it is written, which hides no other. */
function addressFaults(address: string): readonly string[] {
  if (isIP(address) === 0 || address.includes('%')) return [`--address "${address}" is no IPv4 or IPv6 address`]
  const parsed = parseNetwork(address)
  return 'fault' in parsed ? [`--address "${address}": ${parsed.fault}`] : []
}

/** `TENANT/NAME`. Throws `Refusal('input-invalid')`. */
export function parseName(named: string): {tenant: string; name: string} {
  const [, tenant, name] = /^([a-z][a-z0-9-]{1,23})\/([a-z][a-z0-9]*(?:-[a-z0-9]+)*)$/.exec(named) ?? []
  if (tenant && name && name.length <= 24) return {tenant, name}
  throw invalid([`"${named}" is no TENANT/NAME; a name has 24 of a–z, 0–9 and dashes at most`])
}

function invalid(faults: readonly string[]): Refusal {
  return new Refusal('input-invalid', `The connector cannot be read: ${faults.join('; ')}.`, {
    facts: {faults},
    remedies: [
      'selfhelp connector add acme/directory --purpose ldap --address 10.20.0.10 --port 636 --reachability vpn',
    ],
  })
}
