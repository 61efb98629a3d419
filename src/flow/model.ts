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
  | 'vpn peer'
  | 'vpn user'
  | 'customer server'

/** One allowed flow; what no row allows is dropped (R114, R155). */
export interface Flow {
  readonly from: Party
  readonly to: Party
  /** The role whose hosts open the door, where that is not `to`: readers reach presentation through the edge. */
  readonly through?: Role
  /** The host's own accounts that may begin it, where not every program may; the services of environments are none. */
  readonly by?: readonly string[]
  readonly protocol: 'tcp' | 'udp' | 'esp'
  /** `as measured`: those of `Surroundings.packagePorts`; ESP has none. */
  readonly port: number | Range | 'as measured' | 'none'
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
  /** The accounts this host has, of those that flows name: a firewall that names another is not loaded. */
  readonly accounts: readonly string[]
  /** Behind which ports this host's package sources are. */
  readonly packagePorts: readonly number[]
  readonly serviceEngine?: readonly string[]
  readonly serviceApps?: readonly string[]
}

/** What a server of a customer is for. */
export const purposes = ['ldap', 'mail', 'sso', 'tickets'] as const
export type Purpose = (typeof purposes)[number]

/** A link to a customer's network, as firewalls need to know it. */
export interface Link {
  readonly tenant: string
  readonly site: string
  /** The host that carries it. */
  readonly gateway: string
  /** One of its own in the platform; marks its packets. */
  readonly number: number
  /** The customer's device; none for a private line. */
  readonly peer?: string
  /** The addresses we appear under. */
  readonly inner: readonly [string, string]
  readonly networks: readonly {readonly network: string; readonly seenAs?: string | undefined}[]
  readonly servers: readonly {
    readonly name: string
    readonly purpose: Purpose
    readonly address: string
    readonly port: number
  }[]
  /** Our hosts at its site that serve the tenant. */
  readonly users: readonly string[]
  /** The edge that the customer's people reach through it, where that was agreed (R090). */
  readonly edge?: string | undefined
}

/** A row made from what is configured: exactly which hosts and which address are at its ends (C4). */
export interface Derived extends Flow {
  readonly tenant: string
  /** What it comes from: `vpn acme/north`. */
  readonly of: string
  /** Our hosts at the end that is ours, on the side the row says. */
  readonly hosts: readonly string[]
  /** The host whose forwarding carries it, when that is another. */
  readonly via?: string
  /** Of the end that is not ours, as our hosts call it. */
  readonly address: string
}
