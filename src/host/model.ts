import type {Temporal} from 'temporal-polyfill'
import {Refusal} from '../error.ts'
import {type Role, roles, type Seat} from '../flow/model.ts'
import type {HostRow} from '../ledger/host.ts'

/** A Debian machine reached over SSH. Keyed by name, never by address: one day it is replaced. */
export interface Host {
  readonly name: string
  readonly site: string
  readonly address: string
  /** The pinned key, `ssh-ed25519 AAAA…`. */
  readonly hostKey: string
  readonly roles: readonly Role[]
  readonly facts: HostFacts
  readonly addedAt: Temporal.Instant
  readonly retiredAt: Temporal.Instant | undefined
}

/** What was found when it was adopted; wanted state depends on it. */
export interface HostFacts {
  /** Debian's major version. */
  readonly debian: number
  readonly architecture: string
  /** A container's clock is its machine's: time is not ours to keep there. */
  readonly container: boolean
  readonly processors: number
  readonly memoryMegabytes: number
  /** Free on its root file system then. */
  readonly diskFreeMegabytes?: number
  /** Every address it sends from. */
  readonly addresses: readonly string[]
  /** Addresses or networks from which the control plane reaches it. */
  readonly controlPlane: readonly string[]
  /** The unit that keeps its clock, when it had one already. */
  readonly timeSync?: string
  /** Behind which ports its package sources are, or the proxy before them. */
  readonly packagePorts: readonly number[]
  /** Of the accounts whose programs may begin a flow to the world, those it has. */
  readonly accounts: readonly string[]
}

/** The account on every host that the control plane uses, and nobody else. */
export const controlUser = 'selfhelp'

/** The lock that changes to the host itself take. */
export const hostLock = (name: string): string => `host:${name}`

const clockAccounts: Readonly<Record<string, string>> = {
  'chrony.service': '_chrony',
  'ntpsec.service': 'ntpsec',
  'systemd-timesyncd.service': 'systemd-timesync',
}

/** The unit that keeps its clock; none in a container. */
export const clockUnit = ({container, timeSync}: HostFacts): string | undefined =>
  container ? undefined : (timeSync ?? 'systemd-timesyncd.service')

/** Who may begin what goes out to the world: root, ours, and what the machine has; the clock's may come with its package. */
export function accountsOf(facts: HostFacts): readonly string[] {
  const clock = clockAccounts[clockUnit(facts) ?? '']
  return [...new Set(['root', controlUser, ...facts.accounts, ...(clock ? [clock] : [])])]
}

/** The host as firewalls see it. */
export const seatOf = ({name, roles, address, facts}: Host): Seat => ({
  name,
  roles,
  addresses: [...new Set([address, ...facts.addresses])],
})

/** A host as the ledger keeps it. */
export function asHost(row: HostRow): Host {
  const {name, site, address, hostKey, addedAt, retiredAt} = row
  // Hosts adopted before it was measured have what Debian itself uses.
  const facts = {packagePorts: [80, 443], accounts: ['_apt'], ...row.facts} as unknown as HostFacts
  return {
    name,
    site,
    address,
    hostKey,
    roles: roles.filter(role => row.roles.includes(role)),
    facts,
    addedAt,
    retiredAt,
  }
}

/** What `host add` was told. */
export interface HostTyped {
  readonly name: string
  readonly address: string
  readonly roles: readonly string[]
  readonly networks: readonly string[]
}

/** The roles as typed; throws `Refusal('input-invalid')` naming every fault of name, address, roles and networks at once. */
export function parseHost({name, address, roles: typed, networks}: HostTyped): readonly Role[] {
  const faults = [
    ...(/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(name) && name.length <= 40
      ? []
      : [`the name "${name}" is not lower-case letters, digits and single dashes`]),
    ...(/^[0-9a-zA-Z]([0-9a-zA-Z.:-]*[0-9a-zA-Z])?$/.test(address)
      ? []
      : [`--address "${address}" is neither an address nor a name`]),
    ...(typed.length > 0 ? [] : [`--role is missing (${roles.join(', ')})`]),
    ...typed.filter(role => !isRole(role)).map(role => `"${role}" is not a role (${roles.join(', ')})`),
    ...networks
      .filter(network => !/^[0-9a-f.:]+(\/\d{1,3})?$/i.test(network))
      .map(network => `--control-network "${network}" is not an address or a network such as 10.0.0.0/24`),
  ]
  if (faults.length > 0)
    throw new Refusal('input-invalid', `The host cannot be read: ${faults.join('; ')}.`, {
      facts: {faults},
      remedies: ['selfhelp host add --help'],
    })
  return roles.filter(role => typed.includes(role))
}

/** True for a word that is a role. */
const isRole = (text: string): text is Role => (roles as readonly string[]).includes(text)

/** In the secret store: the control plane's SSH key, as OpenSSH's private key file. */
export const controlKeySecret = 'control-plane/ssh-key'
