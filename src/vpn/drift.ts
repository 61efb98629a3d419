import type {Held} from './charon.ts'
import {localSelectors, type OurEnd} from './connection.ts'
import {connectionName, type Vpn} from './model.ts'
import {proposals} from './proposal.ts'
import type {Answered} from './vici.ts'

/** Where charon's memory, or what is up, is otherwise than agreed; a line each. Nothing while it is not loaded. */
export function drifts({spec}: Vpn, ours: OurEnd, {connection, tunnels}: Held): readonly string[] {
  if (!connection) return []
  const [local, remote] = [sectionOf(connection['local-1']), sectionOf(connection['remote-1'])]
  const child = sectionOf(sectionOf(connection.children)[connectionName(spec)])
  const {ike, esp} = proposals[spec.proposal]
  const compared: readonly (readonly [string, readonly string[], readonly string[]])[] = [
    ['our address', [ours.address], listOf(connection.local_addrs)],
    ['their address', [spec.peer?.address ?? ''], listOf(connection.remote_addrs)],
    ['our identity', [ours.identity], listOf(local.id)],
    ['their identity', [spec.peer?.identity ?? ''], listOf(remote.id)],
    ['our networks', localSelectors(spec, ours.inner), listOf(child['local-ts'])],
    ['their networks', spec.networks.map(({network}) => network), listOf(child['remote-ts'])],
  ]
  const loaded = compared.flatMap(([what, wanted, found]) =>
    same(wanted, found) ? [] : [`${what}: ${wanted.join(', ')} was agreed, ${found.join(', ') || 'none'} is loaded`],
  )
  const negotiated = tunnels.flatMap(tunnel => [
    ...unlike('phase 1', ike, tunnel.proposal),
    ...tunnel.children.flatMap(({proposal}) => unlike('phase 2', esp, proposal)),
  ])
  return [...loaded, ...new Set(negotiated)]
}

/** What both ends have settled on is one of ours; the first phase 2 has no group of its own (RFC 7296 §1.2). */
function unlike(phase: string, wanted: string, found: string): readonly string[] {
  const [encryption = '', ...rest] = found.split('-')
  const group = rest.at(-1)
  const suits = /AES_GCM_16/.test(encryption) && found.includes('256')
  const grouped = phase === 'phase 2' && !/ECP|CURVE/.test(found)
  const wantedGroup = wanted.endsWith('ecp384') ? 'ECP_384' : 'CURVE_25519'
  if (found === '' || (suits && (grouped || group === wantedGroup))) return []
  return [`${phase}: ${wanted} was agreed, ${found} is used`]
}

function same(wanted: readonly string[], found: readonly string[]): boolean {
  const plain = (list: readonly string[]) => list.map(each => each.replace(/\/(?:32|128)$/, '')).sort()
  return JSON.stringify(plain(wanted)) === JSON.stringify(plain(found))
}

const sectionOf = (value: Answered[string] | undefined): Answered =>
  typeof value === 'object' && !Array.isArray(value) ? (value as Answered) : {}

function listOf(value: Answered[string] | undefined): readonly string[] {
  if (typeof value === 'string') return [value]
  return Array.isArray(value) ? (value as readonly string[]) : []
}
