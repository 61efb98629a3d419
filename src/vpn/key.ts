import {createHash, randomBytes} from 'node:crypto'
import {vpnAuthority} from '../ca/steps.ts'
import type {Platform} from '../environment/steps.ts'
import {Bug, Refusal} from '../error.ts'
import {setting} from '../ledger/setting.ts'
import {withKey} from '../secret/pem.ts'
import {Secret} from '../secret/secret.ts'
import type {Credentials} from './connection.ts'
import {type Spec, vpnName} from './model.ts'

type Store = Pick<Platform, 'ledger' | 'secrets' | 'clock'>

/** Where the secrets of a VPN lie sealed. */
const names = (spec: Pick<Spec, 'tenant' | 'site'>) => {
  const of = (what: string) => `vpn/${vpnName(spec)}/${what}`
  return {psk: of('psk'), chain: of('chain'), key: of('key'), peerChain: of('peer-chain'), peerKey: of('peer-key')}
}

/** Two years: whoever renews is reminded by the doctor long before. */
const daysOfCertificate = 730

/** The name our end shows, the same in every tunnel of a site. */
export async function ourIdentity({ledger}: Pick<Store, 'ledger'>, {site}: Pick<Spec, 'site'>): Promise<string> {
  const domain = await setting(ledger, 'base-domain')
  if (domain === undefined)
    throw new Refusal('ledger-missing', 'There is no base domain yet.', {remedies: ['selfhelp init']})
  return `vpn-${site}.${domain}`
}

/** What both ends show, if it was made; nothing for a private line. */
export async function credentialsOf(store: Store, spec: Spec): Promise<Credentials | undefined> {
  const {psk, chain, key, peerChain} = names(spec)
  if (spec.authentication === undefined) return undefined
  if (spec.authentication.method === 'psk') {
    const found = await store.secrets.get(psk)
    return found && {method: 'psk', key: found}
  }
  const made = spec.authentication.method === 'our-certificate'
  const [ours, secret, theirs, {certificate}] = await Promise.all([
    store.secrets.get(chain),
    store.secrets.get(key),
    made ? store.secrets.get(peerChain) : undefined,
    vpnAuthority(store),
  ])
  if (!ours || !secret || (made && !theirs)) return undefined
  const {ca = certificate, crl} = spec.authentication
  return {method: 'certificate', chain: ours.expose(), key: secret, theirCa: ca, crl, theirs: theirs?.expose()}
}

/** Makes what is missing; with `anew` all of it, in place of what there was. */
export async function makeCredentials(store: Store, spec: Spec, anew = false): Promise<void> {
  if (spec.authentication === undefined || (!anew && (await isComplete(store, spec)))) return
  const {psk, chain, key, peerChain, peerKey} = names(spec)
  const {secrets} = store
  if (spec.authentication.method === 'psk') return secrets.put(psk, new Secret(randomBytes(32).toString('base64url')))
  const authority = await vpnAuthority(store)
  const issued = async (identity: string) => authority.issue({names: [identity], days: daysOfCertificate})
  if (spec.authentication.method === 'our-certificate') {
    const theirs = await issued(spec.peer?.identity ?? '')
    await secrets.put(peerChain, new Secret(theirs.chain))
    await secrets.put(peerKey, theirs.key)
  }
  const ours = await issued(await ourIdentity(store, spec))
  await secrets.put(chain, new Secret(ours.chain))
  await secrets.put(key, ours.key)
}

async function isComplete(store: Store, spec: Spec): Promise<boolean> {
  if ((await credentialsOf(store, spec)) === undefined) return false
  return (
    spec.authentication?.method !== 'our-certificate' || (await store.secrets.get(names(spec).peerKey)) !== undefined
  )
}

/** A hash by which one tells whether the credentials are still those; they are random, so it gives nothing away. */
export async function fingerprintOf(store: Store, spec: Spec): Promise<string> {
  const credentials = await credentialsOf(store, spec)
  return createHash('sha256')
    .update(credentials?.key.expose() ?? '')
    .digest('hex')
    .slice(0, 16)
}

/** What the customer is given by a channel of its own, as text. Throws `Refusal('not-found')` before it was made. */
export async function forTheCustomer(store: Store, spec: Spec): Promise<Secret> {
  const {psk, peerChain, peerKey} = names(spec)
  const method = spec.authentication?.method
  const missing = new Refusal('not-found', `There is no key of the VPN ${vpnName(spec)} for the customer.`, {
    remedies: ['A key of their own certificate is theirs already; any other is made by selfhelp vpn apply.'],
  })
  if (method === 'psk') {
    const found = await store.secrets.get(psk)
    if (found) return new Secret(`${found.expose()}\n`)
    throw missing
  }
  const [chain, key] = [await store.secrets.get(peerChain), await store.secrets.get(peerKey)]
  if (method !== 'our-certificate' || !chain || !key) throw missing
  return withKey(chain.expose(), key)
}

/** What the customer's device must trust to know ours, in PEM; nothing with a shared key. */
export async function trusted(store: Store, spec: Spec): Promise<string | undefined> {
  const {method = 'psk'} = spec.authentication ?? {}
  return method === 'psk' ? undefined : (await vpnAuthority(store)).certificate
}

/** Forgets the secrets of a VPN. */
export async function forgetCredentials({secrets}: Pick<Store, 'secrets'>, spec: Spec): Promise<void> {
  for (const name of Object.values(names(spec))) await secrets.remove(name)
}

/** The credentials, which a step before has made. */
export async function needed(store: Store, spec: Spec): Promise<Credentials | undefined> {
  const found = await credentialsOf(store, spec)
  if (!found && spec.authentication) throw new Bug(`the credentials of the VPN ${vpnName(spec)} are not there`)
  return found
}
