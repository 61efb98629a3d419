import type {Temporal} from 'temporal-polyfill'
import {Refusal} from '../error.ts'
import type {Ledger} from '../ledger/ledger.ts'
import {putRelay, type RelayRow, relays} from '../ledger/relay.ts'
import type {SecretStore} from '../ledger/secret-store.ts'
import {neededTenant} from '../ledger/tenant.ts'
import type {Secret} from '../secret/secret.ts'

/** Where the password of a relay's account lies sealed. */
export function relaySecret(owner: string): string {
  return `relay/${owner}/password`
}

export interface RelayWanted {
  /** `platform`, or a tenant. */
  readonly owner: string
  readonly host?: string | undefined
  readonly port?: number | undefined
  readonly security?: RelayRow['security'] | undefined
  readonly account?: string | undefined
  readonly password?: Secret | undefined
  readonly sender?: string | undefined
  readonly ca?: string | undefined
  readonly perHour?: number | undefined
}

export interface RelayShown {
  readonly owner: string
  readonly host: string
  readonly port: number
  readonly security: RelayRow['security']
  readonly account?: string | undefined
  readonly sender: string
  readonly perHour: number
  /** What may delay mail, or have it taken for spam (R259, R262). */
  readonly warnings: readonly string[]
}

const ports = {smtp: 25, starttls: 587, smtps: 465}

/**
 * Sets how mail leaves, of the platform or a tenant's own; what is left out stays as it was. Throws `Refusal`
 * `input-invalid`, `not-found`.
 */
export async function setRelay(
  {ledger, secrets}: {ledger: Ledger; secrets: () => Promise<SecretStore>},
  {password, ...wanted}: RelayWanted,
  now: Temporal.Instant,
): Promise<RelayShown> {
  const {owner} = wanted
  if (owner !== 'platform') await neededTenant(ledger, owner)
  const before = (await relays(ledger)).find(each => each.owner === owner)
  const given = Object.fromEntries(Object.entries(wanted).filter(([, value]) => value !== undefined))
  const security = wanted.security ?? before?.security ?? 'starttls'
  const defaults = {
    port: ports[security],
    security,
    perHour: 120,
    account: undefined,
    ca: undefined,
    host: '',
    sender: '',
  }
  const row: RelayRow = {...defaults, ...before, ...given, owner, changedAt: now}
  refuseIncomplete(row)
  if (password) await (await secrets()).put(relaySecret(owner), password)
  await putRelay(ledger, row)
  return shownRelay(row)
}

/** How mail leaves, of each owner. */
export async function listRelays(ledger: Ledger): Promise<{items: readonly RelayShown[]}> {
  return {items: (await relays(ledger)).map(shownRelay)}
}

function refuseIncomplete({host, sender, security, account}: RelayRow): void {
  const missing = [
    ...(host === '' ? ['--host'] : []),
    ...(/^[^@\s]+@[^@\s]+$/.test(sender) ? [] : ['--sender ADDRESS']),
    ...(account !== undefined && security === 'smtp'
      ? ['--security starttls: a password must not travel in clear']
      : []),
  ]
  if (missing.length === 0) return
  throw new Refusal('input-invalid', `The relay lacks ${missing.join(', ')}.`, {facts: {missing}, remedies: missing})
}

function shownRelay({owner, host, port, security, account, sender, perHour}: RelayRow): RelayShown {
  const warnings = [
    ...(owner === 'platform'
      ? ["A customer's own relay is better: mail of the platform may be delayed or taken for spam (R259)."]
      : []),
    ...(security === 'smtp' ? ['Mail leaves in clear.'] : []),
  ]
  return {owner, host, port, security, account, sender, perHour, warnings}
}
