import type {Platform} from '../environment/steps.ts'
import {Refusal} from '../error.ts'
import {configured, innerOf} from '../flow/steps.ts'
import {type Host, hostLock} from '../host/model.ts'
import {firewall, fleetOf} from '../host/steps.ts'
import type {Machine, Wanted} from '../machine/model.ts'
import {stampFor} from './charon.ts'
import type {OurEnd} from './connection.ts'
import {needed, ourIdentity} from './key.ts'
import {vpnNamed} from './list.ts'
import {type Vpn, vpnName} from './model.ts'
import {offGateway, offUser, onGateway, onUser} from './wanted.ts'

/** A VPN with the hosts it concerns, as the ledger knows them now. */
export interface Placed {
  readonly vpn: Vpn
  readonly gateway: Host
  /** The other hosts that reach the customer through it. */
  readonly users: readonly Host[]
  /** Where their people are led to, if that was agreed. */
  readonly edge: string | undefined
  readonly ours: OurEnd
}

/** Something wanted on a machine, and the lock under which it is changed. */
export interface Part {
  readonly machine: Machine
  readonly wanted: readonly Wanted[]
  readonly lock: string
}

/** What comparing a VPN with its hosts needs. */
export type Standing = Pick<Platform, 'ledger' | 'secrets' | 'clock' | 'machine'>

/** Throws `Refusal('not-found')`; `vpn-unfit` when its gateway is out of service. */
export async function placed(platform: Pick<Platform, 'ledger'>, name: string): Promise<Placed> {
  const {ledger} = platform
  const [{spec, number, gateway: host}, fleet, {links}] = await Promise.all([
    vpnNamed(ledger, name),
    fleetOf(ledger),
    configured(ledger),
  ])
  const gateway = fleet.find(each => each.name === host)
  if (!gateway)
    throw new Refusal('vpn-unfit', `The gateway ${host} of the VPN ${vpnName(spec)} is out of service.`, {
      remedies: [`selfhelp vpn remove ${vpnName(spec)}, then add it again: another gateway of the site carries it.`],
    })
  const link = links.find(each => each.tenant === spec.tenant && each.site === spec.site)
  const names = link?.users ?? []
  const users = fleet.filter(each => names.includes(each.name) && each.name !== gateway.name)
  const identity = await ourIdentity(platform, spec)
  return {
    vpn: {spec, number, gateway: host},
    gateway,
    users,
    edge: link?.edge,
    ours: {address: gateway.address, identity, inner: innerOf(number)},
  }
}

/** What the VPN wants on each of its hosts, firewalls included. */
export async function standing(platform: Standing, {vpn, gateway, users, ours}: Placed): Promise<readonly Part[]> {
  const {ledger} = platform
  const [fleet, more, credentials] = await Promise.all([
    fleetOf(ledger),
    configured(ledger),
    needed(platform, vpn.spec),
  ])
  const stamp = credentials && stampFor(vpn, ours, credentials)
  const address6 = gateway.facts.addresses.find(each => each.includes(':') && !each.startsWith('fe80'))
  return Promise.all([
    part(platform, gateway, [...onGateway({vpn, ours, credentials, stamp}), firewall({host: gateway, fleet, more})]),
    ...users.map(host =>
      part(platform, host, [...onUser(vpn, {address: gateway.address, address6}), firewall({host, fleet, more})]),
    ),
  ])
}

/** The same hosts without it. */
export async function fallen(platform: Platform, {vpn, gateway, users, ours}: Placed): Promise<readonly Part[]> {
  const {ledger} = platform
  const [fleet, all] = await Promise.all([fleetOf(ledger), configured(ledger)])
  const {tenant, site} = vpn.spec
  const more = {
    links: all.links.filter(each => each.tenant !== tenant || each.site !== site),
    rows: all.rows.filter(each => !`${each.of} `.startsWith(`vpn ${vpnName(vpn.spec)} `)),
  }
  return Promise.all([
    part(platform, gateway, [...offGateway({vpn, ours}), firewall({host: gateway, fleet, more})]),
    ...users.map(host => part(platform, host, [...offUser(vpn), firewall({host, fleet, more})])),
  ])
}

async function part(platform: Pick<Platform, 'machine'>, host: Host, wanted: readonly Wanted[]): Promise<Part> {
  return {machine: await platform.machine(host.name), wanted, lock: hostLock(host.name)}
}
