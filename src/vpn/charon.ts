import {createHash} from 'node:crypto'
import {Failure} from '../error.ts'
import type {Action, Answer, Machine, Question} from '../machine/model.ts'
import {program} from '../render/render.ts'
import {Secret} from '../secret/secret.ts'
import {type Credentials, connectionOf, derOf, keyDer, type OurEnd, sharedName} from './connection.ts'
import {connectionName, type Vpn} from './model.ts'
import {type Answered, answer, listenTo, request, type Said} from './vici.ts'
import {at} from './wanted.ts'

/** What charon holds of one connection, and what is up of it. */
export interface Held {
  /** Undefined when it is not loaded. */
  readonly connection?: Answered
  /** The hash of what was last loaded by us since the boot. */
  readonly stamp: string
  readonly tunnels: readonly Tunnel[]
}

/** An IKE association with its children. */
export interface Tunnel {
  readonly state: string
  readonly children: readonly Child[]
  readonly establishedSeconds: number
  readonly proposal: string
}

export interface Child {
  readonly state: string
  readonly bytesIn: number
  readonly bytesOut: number
  /** Seconds since its keys were made. */
  readonly ageSeconds: number
  readonly spi: string
  readonly proposal: string
  /** User space or kernel. */
  readonly group: string
}

/** Questions that ask charon about one connection. */
export function askCharon(name: string): readonly Question[] {
  const packets = [
    listenTo('list-conn'),
    listenTo('list-sa'),
    request('list-conns', {ike: name}),
    request('list-sas', {ike: name}),
  ]
  const hex = packets.map(each => each.toString('hex'))
  return [
    {ask: 'run', args: ['perl', '-e', program('vici.pl'), ...hex]},
    {ask: 'run', args: ['cat', at.loaded(name)]},
  ]
}

/** What charon said to these questions. Throws `Failure('tunnel-silent')` when it did not answer. */
export function heldIn(name: string, [said, stamp]: readonly (Answer | undefined)[]): Held {
  if (said?.exit !== 0)
    throw new Failure(
      'tunnel-silent',
      `The VPN service of the gateway does not answer: ${said?.err.trim() || 'no word'}.`,
      {
        remedies: ['On the gateway: systemctl status strongswan', 'selfhelp host list --role gateway'],
      },
    )
  const events = answersIn(said.out).filter(each => each.event !== undefined)
  const of = (event: string) =>
    events.filter(each => each.event === event).flatMap(({message}) => sectionOf(message[name]))
  const [connection] = of('list-conn')
  return {stamp: stamp?.out.trim() ?? '', tunnels: of('list-sa').map(tunnel), ...(connection ? {connection} : {})}
}

/**
 * Loads one connection with its credentials, in one exchange; no other is touched. A tunnel that is up goes on, unless
 * there is none or it was agreed otherwise (`anew`): it is ended and begun, and only then counts as loaded.
 */
export function loading({vpn, ours, credentials}: Loaded, anew: boolean): readonly Action[] {
  const name = connectionName(vpn.spec)
  const stamp = [at.loaded(name), stampFor(vpn, ours, credentials)]
  const load = lines(packetsFor(vpn, ours, credentials))
  return anew ? [sending(load), beginning(name, stamp)] : [sending(load, stamp)]
}

/** What is loaded of a VPN. */
export interface Loaded {
  readonly vpn: Vpn
  readonly ours: OurEnd
  readonly credentials: Credentials
}

/** Ends a tunnel and calls the customer; whether they answer shows later. */
export function beginning(name: string, stamp: readonly string[] = []): Action {
  const packets = [
    request('terminate', {ike: name, force: 'yes', timeout: '2000'}),
    request('initiate', {ike: name, child: name, timeout: '-1'}),
  ]
  return sending(lines(packets), [...stamp, 'any'])
}

/** What the stamp says when exactly this is loaded: the hash of all of it, and of what was agreed without credentials. */
export function stampFor(vpn: Vpn, ours: OurEnd, credentials: Credentials): string {
  const agreed = request('', {agreed: connectionOf(vpn, ours, what => what)})
  return `${hashOf(packetsFor(vpn, ours, credentials))}-${hashOf([agreed])}`
}

/** True when something else was agreed since the tunnel was loaded, credentials apart. */
export const isReshaped = ({stamp}: Held, wanted: string): boolean => stamp.split('-')[1] !== wanted.split('-')[1]

function packetsFor(vpn: Vpn, ours: OurEnd, credentials: Credentials): readonly Buffer[] {
  const name = connectionName(vpn.spec)
  return [...secrets(vpn, ours, credentials), request('load-conn', {[name]: content(vpn, ours, credentials)})]
}

const lines = (packets: readonly Buffer[]): string => packets.map(each => `${each.toString('hex')}\n`).join('')

/** Takes one connection away, with what is up of it and its shared key. */
export function unloading(name: string, tenant: string): Action {
  const packets = [
    request('unload-shared', {id: sharedName({tenant})}),
    request('unload-conn', {name}),
    request('terminate', {ike: name, force: 'yes', timeout: '2000'}),
  ]
  return sending(lines(packets), ['any'])
}

/** New keys for a tunnel's traffic, with a key exchange of their own. */
export const rekeying = (name: string): Action => sending(lines([request('rekey', {child: name})]))

/** Asks one host. */
export async function held(machine: Pick<Machine, 'ask'>, name: string): Promise<Held> {
  return heldIn(name, await machine.ask(askCharon(name)))
}

/** True when charon holds exactly this, loaded by us or read from the same files at its start. */
export function isLoaded({connection, stamp}: Held, wanted: string): boolean {
  return connection !== undefined && stamp === wanted
}

/** Every answer of the program's output, in order. */
function answersIn(out: string): readonly Said[] {
  return out
    .split('\n')
    .filter(Boolean)
    .map(line => answer(Buffer.from(line.split(' ')[1] ?? '', 'hex')))
}

function sending(packets: string, more: readonly string[] = []): Action {
  return {act: 'run', args: ['perl', '-e', program('vici.pl'), '-', ...more], input: new Secret(packets)}
}

function secrets(vpn: Vpn, ours: OurEnd, credentials: Credentials): readonly Buffer[] {
  const {spec} = vpn
  if (credentials.method === 'psk') {
    const owners = [ours.identity, spec.peer?.identity ?? '']
    return [request('load-shared', {id: sharedName(spec), type: 'IKE', data: credentials.key.expose(), owners})]
  }
  const {theirCa, crl, key} = credentials
  return [
    request('load-cert', {type: 'X509', flag: 'CA', data: derOf(theirCa)}),
    // What charon has concluded from an earlier list it would go on believing.
    ...(crl === undefined
      ? []
      : [request('load-cert', {type: 'X509_CRL', data: Buffer.from(crl)}), request('flush-certs')]),
    request('load-key', {type: 'any', data: keyDer(key.expose())}),
  ]
}

function content(vpn: Vpn, ours: OurEnd, credentials: Credentials) {
  return connectionOf(vpn, ours, what => {
    if (credentials.method === 'psk') return ''
    const {chain, theirs = chain, theirCa} = credentials
    return derOf({ours: chain, theirs, 'their-ca': theirCa}[what])
  })
}

/** Of keys too: they are random, so it gives nothing away. */
function hashOf(packets: readonly Buffer[]): string {
  return createHash('sha256').update(Buffer.concat(packets)).digest('hex')
}

function tunnel(sa: Answered): Tunnel {
  const children = Object.values(sectionOf(sa['child-sas'])[0] ?? {}).flatMap(each => sectionOf(each).map(child))
  const proposal = proposalOf(sa, ['encr-alg', 'encr-keysize', 'prf-alg', 'dh-group'])
  return {state: text(sa.state), establishedSeconds: Number(text(sa.established)), children, proposal}
}

function child(sa: Answered): Child {
  return {
    state: text(sa.state),
    bytesIn: Number(text(sa['bytes-in'])),
    bytesOut: Number(text(sa['bytes-out'])),
    ageSeconds: Number(text(sa['install-time'])),
    spi: text(sa['spi-in']),
    proposal: proposalOf(sa, ['encr-alg', 'encr-keysize', 'dh-group']),
    group: text(sa['dh-group']),
  }
}

function proposalOf(sa: Answered, keys: readonly string[]): string {
  return keys
    .map(key => text(sa[key]))
    .filter(Boolean)
    .join('-')
}

const text = (value: Answered[string] | undefined): string => (typeof value === 'string' ? value : '')

function sectionOf(value: Answered[string] | undefined): readonly Answered[] {
  return typeof value === 'object' && !Array.isArray(value) ? [value as Answered] : []
}
