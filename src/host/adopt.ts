import {Refusal} from '../error.ts'
import {host as hostRow} from '../ledger/host.ts'
import type {Ledger} from '../ledger/ledger.ts'
import {site as siteRow} from '../ledger/site.ts'
import {readNamed} from '../secret/private-file.ts'
import {Secret} from '../secret/secret.ts'
import {type HostAddInput, isSame} from './add.ts'
import {fingerprintOf} from './fingerprint.ts'
import {fleetOf} from './list.ts'
import {asHost, type Host, parseHost} from './model.ts'
import {type AskFingerprint, keyToPin} from './pin.ts'
import {account} from './wanted.ts'
import {inside, type Ways} from './ways.ts'

/** `host add` as typed. */
export interface AdoptTyped {
  readonly name: string
  readonly address: string
  readonly site: string
  readonly role: readonly string[]
  readonly networks: readonly string[]
  readonly 'bootstrap-user': string
  readonly 'host-key'?: string | undefined
  readonly 'host-key-fingerprint'?: string | undefined
}

interface Adopting {
  readonly ledger: Ledger
  readonly ways: Ways
}

/**
 * What was typed as a request that can be repeated: checked, and with the key to pin.
 * Throws `Refusal` `input-invalid`, `not-found` (the site), `host-differs`, and those of `keyToPin`.
 */
export async function requestedHost(
  {ledger, ways}: Adopting,
  typed: AdoptTyped,
  ask: AskFingerprint,
): Promise<HostAddInput> {
  const {name, address, site, networks} = typed
  const roles = parseHost({name, address, networks, roles: typed.role})
  if (!(await siteRow(ledger, site)))
    throw new Refusal('not-found', `There is no site ${site}.`, {remedies: ['selfhelp site add', 'selfhelp site list']})
  const row = await hostRow(ledger, name)
  const known = row && row.retiredAt === undefined ? asHost(row) : undefined
  const hostKey = known && saysNothingElse(known, typed) ? known.hostKey : await keyToPin(keyTyped(typed), ways, ask)
  const input = {name, address, site, roles, networks, hostKey, bootstrapUser: typed['bootstrap-user']}
  if (known && !isSame(known, input)) throw differs(known, input)
  if (!known) await refuseTwice(ledger, input)
  return input
}

/** One machine under two names would be changed by two at once. */
async function refuseTwice(ledger: Ledger, {name, hostKey}: HostAddInput): Promise<void> {
  const other = (await fleetOf(ledger)).find(host => host.hostKey === hostKey)
  if (!other) return
  throw new Refusal(
    'host-differs',
    `The machine that shows this key is ${other.name} already; it was not added again.`,
    {
      facts: {recorded: other.name, asked: name},
      remedies: [
        `selfhelp host show ${other.name}`,
        `For another name: selfhelp host retire ${other.name}, then add it again.`,
      ],
    },
  )
}

/** True when the host is recorded as asked for and lets us in as it should: nothing is to be done. */
export async function stillHolds({ledger, ways}: Adopting, input: HostAddInput): Promise<boolean> {
  const row = await hostRow(ledger, input.name)
  if (!row || !isSame(asHost(row), input)) return false
  const {changes} = await inside(ways.enter(input), machine => machine.plan(account(ways.publicKey)))
  return changes.length === 0
}

/** The private key of a file; kept in memory only. Throws `Refusal('input-invalid')`. */
export async function readIdentity(path: string | undefined): Promise<Secret> {
  if (path === undefined)
    throw new Refusal('input-invalid', '--identity is missing: the key that opens the machine the first time.', {
      remedies: ['--identity FILE'],
    })
  const {parseKey} = (await import('ssh2')).default.utils
  const text = readNamed(path)
  const key = parseKey(text)
  if (!(key instanceof Error)) return new Secret(text)
  throw new Refusal('input-invalid', `--identity ${path} is no private key that can be read: ${key.message}.`, {
    remedies: ['Give an unencrypted OpenSSH private key; it is read once and kept nowhere.'],
  })
}

/** The pinned key is known: it need not be shown again unless another is named. */
function saysNothingElse(known: Host, {'host-key': key, 'host-key-fingerprint': fingerprint}: AdoptTyped): boolean {
  if (key !== undefined) return known.hostKey === key.trim().split(/\s+/).slice(0, 2).join(' ')
  return fingerprint === undefined || fingerprintOf(known.hostKey) === fingerprint.trim()
}

const keyTyped = (typed: AdoptTyped) => ({
  name: typed.name,
  address: typed.address,
  hostKey: typed['host-key'],
  fingerprint: typed['host-key-fingerprint'],
})

function differs(known: Host, input: HostAddInput): Refusal {
  const of = ({address, site, roles, hostKey}: Pick<HostAddInput, 'address' | 'site' | 'roles' | 'hostKey'>) =>
    `${address}, site ${site}, ${roles.join(' ')}, ${fingerprintOf(hostKey)}`
  return new Refusal('host-differs', `${known.name} is recorded otherwise than asked.`, {
    facts: {recorded: of(known), asked: of(input)},
    remedies: [
      `selfhelp host show ${known.name}`,
      `For another key: selfhelp host repin ${known.name}`,
      `For another machine or other roles: selfhelp host retire ${known.name}, then add it again.`,
    ],
  })
}
