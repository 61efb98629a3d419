import {type CodedError, Refusal} from '../error.ts'
import type {Anchors} from '../ledger/anchor.ts'
import {repinHost} from '../ledger/host.ts'
import type {Ledger} from '../ledger/ledger.ts'
import {fingerprintOf} from './fingerprint.ts'
import {overHosts, type Pace} from './fleet.ts'
import type {Host} from './model.ts'
import {type KeyTyped, keyToPin} from './pin.ts'
import {anchorPin} from './pinned.ts'
import {type HostTrouble, trouble} from './plan.ts'
import type {Ways} from './ways.ts'

/** What came of one host; the keys are fingerprints. */
export type Repinned =
  | {
      readonly host: string
      readonly ok: true
      readonly before: string
      readonly after: string
      readonly changed: boolean
    }
  | HostTrouble

/** How a person agrees to the change of these hosts, named together; refuses otherwise. */
export type Agree = (names: string, warning: string) => Promise<void>

/** The keys as typed: for one host the key alone, for several `NAME=…` each. */
export interface KeysTyped {
  readonly keys: readonly string[]
  readonly fingerprints: readonly string[]
}

export interface Repinning {
  readonly ledger: Ledger
  readonly anchors: Anchors
  readonly ways: Pick<Ways, 'presented'>
  readonly pace: Pace
  /** Shows a host's fingerprint to a person, and gives back what was typed. */
  readonly ask: (host: string, shown: string) => Promise<string>
  readonly agree: Agree
  readonly plan: boolean
}

/**
 * Pins other keys for hosts, as given or as they answer now; both fingerprints of each are named before. One that does
 * not answer delays nobody. Throws `Refusal` `input-invalid`, `confirmation-missing`, and those of `keyToPin`.
 */
export async function repin(
  repinning: Repinning,
  hosts: readonly Host[],
  typed: KeysTyped,
): Promise<{readonly items: readonly Repinned[]}> {
  const {ledger, anchors, ask, agree, plan} = repinning
  const found = await keysFound(repinning, hosts, keysByHost(hosts, typed))
  const items: Repinned[] = []
  const changing: {readonly host: Host; readonly key: string; readonly says: string}[] = []
  for (const {host, typed, presented, error} of found) {
    if (error) {
      items.push(trouble({host: host.name, ok: false, error}))
      continue
    }
    const key = await keyToPin(typed, {presented: async () => presented ?? ''}, shown =>
      plan ? Promise.resolve(shown) : ask(host.name, shown),
    )
    const [before, after] = [fingerprintOf(host.hostKey), fingerprintOf(key)]
    items.push({host: host.name, ok: true, before, after, changed: key !== host.hostKey})
    if (key !== host.hostKey) changing.push({host, key, says: `${host.name} from ${before} to ${after}`})
  }
  if (plan || changing.length === 0) return {items}
  const list = changing.map(({says}) => says).join(', ')
  const names = changing.map(({host}) => host.name).join(',')
  await agree(names, `Pins ${list}: whoever holds that key is that host from now on.`)
  for (const {host, key} of changing) {
    await repinHost(ledger, host.name, key)
    await anchorPin(anchors, {name: host.name, hostKey: key})
  }
  return {items}
}

interface Found {
  readonly host: Host
  readonly typed: KeyTyped
  readonly presented?: string
  readonly error?: CodedError
}

async function keysFound(
  {ways, pace}: Repinning,
  hosts: readonly Host[],
  typed: ReadonlyMap<string, KeyTyped>,
): Promise<readonly Found[]> {
  const asked = hosts.filter(({name}) => typed.get(name)?.hostKey === undefined)
  const outcomes = await overHosts(asked, pace, ({address}) => ways.presented(address))
  return hosts.map(host => {
    const outcome = outcomes.find(one => one.host === host.name)
    const about = {host, typed: typed.get(host.name) ?? {name: host.name, address: host.address}}
    if (outcome === undefined) return about
    return outcome.ok ? {...about, presented: outcome.value} : {...about, error: outcome.error}
  })
}

function keysByHost(hosts: readonly Host[], typed: KeysTyped): ReadonlyMap<string, KeyTyped> {
  const [keys, fingerprints] = [
    perHost(hosts, typed.keys, '--host-key'),
    perHost(hosts, typed.fingerprints, '--host-key-fingerprint'),
  ]
  return new Map(
    hosts.map(({name, address}) => [
      name,
      {name, address, hostKey: keys.get(name), fingerprint: fingerprints.get(name)},
    ]),
  )
}

function perHost(hosts: readonly Host[], words: readonly string[], flag: string): ReadonlyMap<string, string> {
  const [only] = hosts
  const pairs = words.map((word): [string, string] => {
    const [, name, value] = /^([a-z][a-z0-9-]*)=(.+)$/.exec(word) ?? []
    if (name !== undefined && value !== undefined) return [name, value]
    return [hosts.length === 1 ? (only?.name ?? '') : '', word]
  })
  const wrong = pairs.filter(([name]) => !hosts.some(host => host.name === name))
  const twice = pairs.length !== new Set(pairs.map(([name]) => name)).size
  if (wrong.length === 0 && !twice) return new Map(pairs)
  throw new Refusal('input-invalid', `With several hosts ${flag} takes NAME=…, once for each that is meant.`, {
    facts: {hosts: hosts.map(({name}) => name), typed: words},
    remedies: [`${flag} ${only?.name}=…`],
  })
}
