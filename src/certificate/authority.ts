import {Refusal} from '../error.ts'
import type {Ledger} from '../ledger/ledger.ts'
import {putSchedule} from '../ledger/schedule.ts'
import type {SecretStore} from '../ledger/secret-store.ts'
import {putSetting, setting} from '../ledger/setting.ts'
import {readNamed} from '../secret/private-file.ts'
import {Secret} from '../secret/secret.ts'
import type {AcmeAuthority} from './acme.ts'
import {rootsIn} from './check.ts'
import {acmeSecrets} from './issue.ts'
import {tendSchedule} from './tend-schedule.ts'

export interface AuthorityTyped {
  readonly directory: string
  readonly root?: string | undefined
  readonly issues?: string | undefined
  readonly contact?: string | undefined
  readonly bound?: string | undefined
  readonly challenge: 'http-01' | 'dns-01'
  /** `HOST` or `HOST:PORT`. */
  readonly dnsServer?: string | undefined
  readonly dnsKey?: string | undefined
}

/** Reads what was typed. Throws `Refusal('input-invalid')` naming every fault at once. */
export function readAuthority(typed: AuthorityTyped): {authority: AcmeAuthority; dnsKey: Secret | undefined} {
  const {directory, contact, bound, challenge, dnsServer, dnsKey} = typed
  const [, server = '', port = '53'] = /^(.+?)(?::(\d+))?$/.exec(dnsServer ?? '') ?? []
  const faults = [
    ...(/^https:\/\/[^\s]+$/.test(directory) ? [] : [`--directory ${directory} is no https address`]),
    ...(challenge === 'dns-01' && (dnsServer === undefined || dnsKey === undefined)
      ? ['dns-01 needs --dns-server and --dns-key']
      : []),
  ]
  if (faults.length > 0)
    throw new Refusal('input-invalid', `The authority cannot be read: ${faults.join('; ')}.`, {facts: {faults}})
  const authority: AcmeAuthority = {
    directory,
    challenge,
    ...(typed.root ? {root: pemOf(typed.root)} : {}),
    ...(typed.issues ? {issues: pemOf(typed.issues)} : {}),
    ...(contact ? {contact} : {}),
    ...(bound ? {bound} : {}),
    ...(dnsServer ? {dns: {server, port: Number(port)}} : {}),
  }
  return {authority, dnsKey: dnsKey === undefined ? undefined : new Secret(readNamed(dnsKey))}
}

/** Sets the authority that speaks ACME. Another directory has another account. */
export async function setAuthority(
  {ledger, secrets}: {ledger: Ledger; secrets: SecretStore},
  {authority, dnsKey, boundKey}: {authority: AcmeAuthority; dnsKey: Secret | undefined; boundKey: Secret | undefined},
): Promise<void> {
  const before = await setting(ledger, 'acme-authority')
  if (before !== undefined && before !== authority.directory) await secrets.remove(acmeSecrets.account)
  if (boundKey) await secrets.put(acmeSecrets.bound, boundKey)
  if (dnsKey) await secrets.put(acmeSecrets.dns, dnsKey)
  await secrets.put(acmeSecrets.authority, new Secret(JSON.stringify(authority)))
  await putSetting(ledger, 'acme-authority', authority.directory)
  await putSchedule(ledger, tendSchedule)
}

function pemOf(path: string): string {
  return rootsIn({name: path, bytes: Buffer.from(readNamed(path))}).join('\n')
}
