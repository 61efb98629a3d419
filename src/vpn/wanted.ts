import type {Link} from '../flow/model.ts'
import {seen} from '../flow/steps.ts'
import type {DirectoryWanted, FileWanted, UnitWanted, Wanted} from '../machine/model.ts'
import {render} from '../render/render.ts'
import {Secret} from '../secret/secret.ts'
import {type Credentials, connectionOf, type OurEnd, sharedName} from './connection.ts'
import {connectionName, type Spec, type Vpn} from './model.ts'
import {swanctlText} from './vici.ts'

/** Where things of a VPN lie on a gateway and on the hosts that use it. */
export const at = {
  connection: (name: string) => `/etc/swanctl/conf.d/${name}.conf`,
  secret: (name: string) => `/etc/swanctl/conf.d/${name}.secret.conf`,
  certificate: (name: string) => `/etc/swanctl/x509/${name}.pem`,
  theirs: (name: string) => `/etc/swanctl/x509/${name}.peer.pem`,
  key: (name: string) => `/etc/swanctl/private/${name}.pem`,
  ca: (name: string) => `/etc/swanctl/x509ca/${name}.pem`,
  crl: (name: string) => `/etc/swanctl/x509crl/${name}.pem`,
  probes: (name: string) => `/etc/selfhelp/vpn/${name}.probe`,
  unit: (name: string) => `vpn-${name}.service`,
  unitFile: (name: string) => `/etc/systemd/system/vpn-${name}.service`,
  /** What `loaded` says once charon has read the files. */
  stamp: (name: string) => `/etc/selfhelp/vpn/${name}.stamp`,
  loaded: (name: string) => `/run/selfhelp/vpn/${name}`,
  probed: (name: string) => `/run/selfhelp-vpn/${name}`,
} as const

export interface GatewayInput {
  readonly vpn: Vpn
  readonly ours: OurEnd
  /** None for a private line. */
  readonly credentials?: Credentials | undefined
  /** The hash of all that charon is to hold of it. */
  readonly stamp?: string | undefined
}

/** What a VPN wants on its gateway, besides its part of the firewall: each file is read at the next start of charon too. */
export function onGateway({vpn, ours, credentials, stamp}: GatewayInput): readonly Wanted[] {
  const {spec} = vpn
  const name = connectionName(spec)
  return [
    directory('/etc/selfhelp/vpn', '0755'),
    ...addresses(vpn, ours),
    file(at.probes(name), probes(vpn, ours)),
    ...(credentials ? tunnel({vpn, ours, credentials}) : []),
    ...(stamp === undefined ? [] : [file(at.stamp(name), stamp)]),
  ]
}

/** The opposite, the last first; what its other credentials would have left goes too. */
export function offGateway({vpn, ours}: Pick<GatewayInput, 'vpn' | 'ours'>): readonly Wanted[] {
  const name = connectionName(vpn.spec)
  const {connection, secret, certificate, theirs, key, ca, crl, probes, stamp} = at
  const files = [connection, secret, certificate, theirs, key, ca, crl, probes, stamp].map(path => path(name))
  return [...files.map(path => gone(file(path, ''))), ...addresses(vpn, ours).map(gone).reverse()]
}

/** How a host that serves the tenant gets to the customer's networks: by its gateway. */
export function onUser(
  vpn: Vpn,
  gateway: {readonly address: string; readonly address6?: string | undefined},
): readonly Wanted[] {
  const up = vpn.spec.networks.flatMap(({network, seenAs}) => {
    const by = network.includes(':') ? gateway.address6 : gateway.address
    return by === undefined ? [] : [`route replace ${seenAs ?? network} via ${by}`]
  })
  const down = up.map(words => words.replace('replace', 'delete'))
  return unitWith(connectionName(vpn.spec), {tenant: vpn.spec.tenant, up, down})
}

/** The same gone. */
export const offUser = (vpn: Vpn): readonly Wanted[] => onUser(vpn, {address: '0.0.0.0'}).map(gone).reverse()

function tunnel({vpn, ours, credentials}: Required<Omit<GatewayInput, 'stamp'>>): readonly Wanted[] {
  const {spec} = vpn
  const name = connectionName(spec)
  const connection = connectionOf(vpn, ours, what => (what === 'theirs' ? `${name}.peer.pem` : `${name}.pem`))
  const text = `# Kept by selfhelp: the VPN ${spec.tenant}/${spec.site}.\n${swanctlText({connections: {[name]: connection}})}`
  const loaded = file(at.connection(name), text)
  if (credentials?.method !== 'certificate') {
    const certificates = [at.certificate, at.theirs, at.key, at.ca, at.crl].map(path => gone(file(path(name), '')))
    const secret = credentials ? [file(at.secret(name), secretText(spec, ours, credentials.key), '0600')] : []
    return [...certificates, ...secret, loaded]
  }
  const {chain, key, theirCa, crl, theirs} = credentials
  return [
    gone(file(at.secret(name), '')),
    file(at.ca(name), theirCa),
    crl === undefined ? gone(file(at.crl(name), '')) : file(at.crl(name), crl),
    theirs === undefined ? gone(file(at.theirs(name), '')) : file(at.theirs(name), theirs),
    file(at.certificate(name), chain),
    file(at.key(name), key, '0600'),
    loaded,
  ]
}

function secretText(spec: Spec, ours: OurEnd, key: Secret): Secret {
  const ids = {'id-1': ours.identity, 'id-2': spec.peer?.identity ?? ''}
  return new Secret(swanctlText({secrets: {[sharedName(spec)]: {...ids, secret: `"${key.expose()}"`}}}))
}

/** Our addresses in the tunnel, on the loopback so that they are there before the tunnel is; a line's routes too. */
function addresses({spec}: Vpn, {inner}: OurEnd): readonly Wanted[] {
  const own = [`address replace ${inner[0]}/32 dev lo`, `address replace ${inner[1]}/128 dev lo`]
  const lines = spec.line
    ? spec.networks.map(({network}) => `route replace ${network} via ${spec.line?.nextHop} dev ${spec.line?.interface}`)
    : []
  const up = [...own, ...lines]
  const down = up.map(words => words.replace('replace', 'delete'))
  return unitWith(connectionName(spec), {tenant: spec.tenant, up, down})
}

function unitWith(
  name: string,
  facts: {tenant: string; up: readonly string[]; down: readonly string[]},
): readonly Wanted[] {
  const unit: UnitWanted = {
    ...{kind: 'unit', name: at.unit(name), enabled: true, running: true},
    restartAfter: [at.unitFile(name)],
  }
  return [file(at.unitFile(name), render('etc/systemd/system/vpn-tenant.service', facts)), unit]
}

/**
 * `server address port source`: from our address in the tunnel to theirs as our side calls it. By what we call it the
 * firewall chooses the tunnel: the real number may be another customer's too, who would answer for this one.
 */
function probes({spec}: Vpn, {inner}: OurEnd): string {
  const source = (address: string) => (address.includes(':') ? inner[1] : inner[0])
  const lines = spec.servers.map(({name, address, port}: Link['servers'][number]) => [
    name,
    seen(spec, address),
    port,
    source(address),
  ])
  return lines.map(words => `${words.join(' ')}\n`).join('')
}

const gone = <W extends Wanted>(wanted: W): W => ({...wanted, absent: true})

function file(path: string, content: string | Secret, mode = '0644'): FileWanted {
  return {kind: 'file', path, content, owner: 'root', group: 'root', mode}
}

function directory(path: string, mode: string): DirectoryWanted {
  return {kind: 'directory', path, owner: 'root', group: 'root', mode}
}
