import type {Link} from '../flow/model.ts'
import type {VpnRow} from '../ledger/vpn.ts'
import type {Proposal} from './proposal.ts'

/** R092, R093. */
export const types = ['ipsec', 'private-line'] as const

/** `our-certificate`: our authority certifies both ends; `their-certificate`: theirs certifies their end. */
export const methods = ['psk', 'our-certificate', 'their-certificate'] as const

/** How a server of the customer is reached (R064): by anybody, by our addresses only, or through a VPN. */
export type Reachability = 'public' | 'restricted' | 'vpn'

/** A network of the customer; `seenAs` is what our side calls it where the real one is taken. */
export interface TheirNetwork {
  readonly network: string
  readonly seenAs?: string | undefined
}

/** A server of the customer that a function uses, and that the tunnel is probed with; its address is the real one. */
export type Server = Link['servers'][number]

/** What a customer and we have agreed about one VPN, as it is kept. */
export interface Spec {
  readonly tenant: string
  readonly site: string
  readonly type: (typeof types)[number]
  readonly peer?: {readonly address: string; readonly identity: string} | undefined
  readonly authentication?:
    | {readonly method: (typeof methods)[number]; readonly ca?: string | undefined; readonly crl?: string | undefined}
    | undefined
  readonly proposal: Proposal
  readonly line?:
    | {readonly interface: string; readonly nextHop: string; readonly carrier: string; readonly leadDays: number}
    | undefined
  readonly networks: readonly TheirNetwork[]
  readonly servers: readonly Server[]
  readonly kilobitsPerSecond: number
  /** Only where the customer wants their users to come through the VPN too (R089, R090). */
  readonly users?: {readonly concurrent: number; readonly pageKilobytes: number} | undefined
  /** Who answers for which part (R093, R097). */
  readonly responsibilities: {readonly ours: string; readonly theirs: string; readonly between: string}
}

/** A VPN with what was decided about it when it was added. */
export interface Vpn {
  readonly spec: Spec
  /** Names its addresses in our tunnels' range. */
  readonly number: number
  /** The host that carries it. */
  readonly gateway: string
}

/** The VPN as the ledger keeps it. */
export const asVpn = ({spec, number, gateway}: VpnRow): Vpn => ({spec: spec as unknown as Spec, number, gateway})

/** `acme/north` */
export const vpnName = ({tenant, site}: Pick<Spec, 'tenant' | 'site'>): string => `${tenant}/${site}`

/** What connection, files and tests of this VPN are called on its gateway; a gateway has one per tenant. */
export const connectionName = ({tenant}: Pick<Spec, 'tenant'>): string => tenant
