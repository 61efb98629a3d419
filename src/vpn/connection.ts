import {createPrivateKey, X509Certificate} from 'node:crypto'
import type {Secret} from '../secret/secret.ts'
import {connectionName, type Spec, type Vpn} from './model.ts'
import {proposals, times} from './proposal.ts'
import type {Section} from './vici.ts'

/** Our end of a tunnel. */
export interface OurEnd {
  /** Where our gateway answers. */
  readonly address: string
  readonly identity: string
  readonly inner: readonly [string, string]
}

/** What the ends show each other; a shared key, or certificates with the key of ours. */
export type Credentials =
  | {readonly method: 'psk'; readonly key: Secret}
  | {
      readonly method: 'certificate'
      /** PEM. */
      readonly chain: string
      readonly key: Secret
      /** Who certifies the customer, in PEM, and what that one has revoked. */
      readonly theirCa: string
      readonly crl?: string | undefined
      /** The one certificate they may show, in PEM, where it is we who made it: an earlier one of theirs opens nothing. */
      readonly theirs?: string | undefined
    }

/** How certificates are named in a connection: by file for swanctl.conf, by content for VICI. */
export type Naming = (what: 'ours' | 'theirs' | 'their-ca') => string | Buffer

/** The connection of a VPN, as swanctl.conf and VICI both have it. Nothing in it is a secret. */
export function connectionOf(vpn: Vpn, ours: OurEnd, naming: Naming): Section {
  const {spec} = vpn
  const {peer, proposal} = spec
  const certificate = spec.authentication?.method !== 'psk'
  const auth = certificate ? 'pubkey' : 'psk'
  return {
    version: '2',
    local_addrs: [ours.address],
    remote_addrs: [peer?.address ?? ''],
    proposals: [proposals[proposal].ike],
    mobike: 'no',
    // For ever: the customer may come back after days.
    keyingtries: '0',
    dpd_delay: `${times.deadPeer}s`,
    rekey_time: `${times.ikeRekey}s`,
    unique: 'replace',
    'local-1': {auth, id: ours.identity, ...(certificate ? {certs: [naming('ours')]} : {})},
    'remote-1': {
      auth,
      id: peer?.identity ?? '',
      ...(spec.authentication?.method === 'our-certificate' ? {certs: [naming('theirs')]} : {}),
      // Where they publish what they revoked, a certificate without word about it is not taken.
      ...(certificate
        ? {cacerts: [naming('their-ca')], revocation: spec.authentication?.crl ? 'strict' : 'ifuri'}
        : {}),
    },
    children: {
      [connectionName(spec)]: {
        local_ts: localSelectors(spec, ours.inner),
        remote_ts: spec.networks.map(({network}) => network),
        esp_proposals: [proposals[proposal].esp],
        rekey_time: `${times.childRekey}s`,
        mode: 'tunnel',
        // A trap never fires where ESP is in user space. What charon has started itself it ends when the connection is
        // loaded anew, even for a new certificate: so it is begun by who loads it, and by the gateway's watch.
        start_action: 'none',
        dpd_action: 'restart',
        close_action: 'start',
      },
    },
  }
}

/** The name of a shared key in charon; another of that name takes its place in memory. */
export const sharedName = (spec: Pick<Spec, 'tenant'>): string => `ike-${connectionName(spec)}`

/** What our sheet calls the tunnel on their device; a customer with a second site has two. */
const peerName = ({site}: Pick<Spec, 'site'>): string => `self-help-${site}`

/** The customer's half of the same tunnel, for a strongSwan of theirs: no secret, which travels another way. */
export function peerConnection(vpn: Vpn, ours: OurEnd): Section {
  const {spec} = vpn
  const {peer, proposal} = spec
  const certificate = spec.authentication?.method !== 'psk'
  const auth = certificate ? 'pubkey' : 'psk'
  const name = peerName(spec)
  return {
    connections: {
      [name]: {
        version: '2',
        local_addrs: [peer?.address ?? ''],
        remote_addrs: [ours.address],
        proposals: [proposals[proposal].ike],
        mobike: 'no',
        dpd_delay: `${times.deadPeer}s`,
        unique: 'replace',
        local: {auth, id: peer?.identity ?? '', ...(certificate ? {certs: [`${name}.pem`]} : {})},
        remote: {auth, id: ours.identity, ...(certificate ? {cacerts: ['self-help-ca.pem']} : {})},
        children: {
          [name]: {
            local_ts: spec.networks.map(({network}) => network),
            remote_ts: localSelectors(spec, ours.inner),
            esp_proposals: [proposals[proposal].esp],
            start_action: 'none',
            dpd_action: 'clear',
          },
        },
      },
    },
    ...(certificate
      ? {}
      : {
          secrets: {
            [`ike-${name}`]: {'id-1': ours.identity, 'id-2': peer?.identity ?? '', secret: '"PUT THE KEY HERE"'},
          },
        }),
  }
}

/** We are one address in the tunnel, of each family that the customer has networks of. */
export function localSelectors(
  {networks}: Pick<Spec, 'networks'>,
  [inner4, inner6]: OurEnd['inner'],
): readonly string[] {
  const has = (six: boolean) => networks.some(({network}) => network.includes(':') === six)
  return [...(has(false) ? [`${inner4}/32`] : []), ...(has(true) ? [`${inner6}/128`] : [])]
}

/** DER of a certificate in PEM. */
export const derOf = (pem: string): Buffer => new X509Certificate(pem).raw

/** PKCS#8 in DER of a key in PEM. */
export function keyDer(pem: string): Buffer {
  return createPrivateKey(pem).export({type: 'pkcs8', format: 'der'})
}
