/** What a host is for. */
export const roles = ['edge', 'presentation', 'edition', 'database', 'repository', 'gateway', 'monitor', 'dns'] as const
export type Role = (typeof roles)[number]

/** Who is at an end of a flow: hosts by role, or somebody outside the platform. */
export type Party =
  | Role
  | 'any host'
  | 'control plane'
  | 'anyone'
  | 'service engine'
  | 'service apps'
  | 'package archive'
  | 'name server'
  | 'time server'
  | 'address server'

/** One allowed flow; what no row allows is dropped (R114, R155). */
export interface Flow {
  readonly from: Party
  readonly to: Party
  /** The role whose hosts open the door, where that is not `to`: readers reach presentation through the edge. */
  readonly through?: Role
  readonly protocol: 'tcp' | 'udp'
  /** `as measured`: those of `Surroundings.packagePorts`. */
  readonly port: number | Range | 'as measured'
  readonly reason: string
  /** The requirement that allows it. */
  readonly rule: string
}

/** The first and the last port. */
export type Range = readonly [number, number]

/** A host as the firewall sees it. */
export interface Seat {
  readonly name: string
  readonly roles: readonly Role[]
  /** Every address it sends from, IPv4 and IPv6. */
  readonly addresses: readonly string[]
}

/** Where the parties are that are no hosts of ours; those left out are nowhere, and get no rule. */
export interface Surroundings {
  /** Addresses or networks from which operators' machines reach this host. */
  readonly controlPlane: readonly string[]
  /** Behind which ports this host's package sources are. */
  readonly packagePorts: readonly number[]
  readonly serviceEngine?: readonly string[]
  readonly serviceApps?: readonly string[]
}
