import {generateKeyPairSync, randomBytes, X509Certificate} from 'node:crypto'
import {existsSync, readFileSync} from 'node:fs'
import {join} from 'node:path'
import {Temporal} from 'temporal-polyfill'
import type {Clock} from '../clock.ts'
import {Bug, Refusal} from '../error.ts'
import type {Queries} from '../ledger/ledger.ts'
import type {SecretStore} from '../ledger/secret-store.ts'
import {putSetting, setting} from '../ledger/setting.ts'
import {writeWhole} from '../secret/private-file.ts'
import {Secret} from '../secret/secret.ts'
import type {Authority, Issued} from './model.ts'
import type {ServerWanted} from './x509.ts'

export interface AuthorityNeeds {
  readonly ledger: Queries
  readonly secrets: SecretStore
  readonly clock: Clock
}

const keyName = 'ca/key'
const rootYears = 10

/** Where people find the root certificate. */
export function rootFile(home: string): string {
  return join(home, 'ca.pem')
}

/** Makes the root certificate and its key unless they are there, and writes `ca.pem` if it is missing or another. */
export async function createAuthority(
  {ledger, secrets, clock}: AuthorityNeeds,
  domain: string,
  home: string,
): Promise<void> {
  let root = await setting(ledger, 'ca-certificate')
  if (root === undefined) {
    const {rootCertificate} = await import('./x509.ts')
    const {privateKey} = newServerKey()
    const now = clock.now()
    const until = now.toZonedDateTimeISO('UTC').add({years: rootYears}).toInstant()
    const name = `selfhelp ${domain} ${randomBytes(3).toString('hex')}`
    root = rootCertificate({name, key: privateKey.expose()}, domain, {from: now.subtract({hours: 1}), until})
    await secrets.put(keyName, privateKey)
    await putSetting(ledger, 'ca-certificate', root)
  }
  const file = rootFile(home)
  if (!existsSync(file) || readFileSync(file, 'utf8') !== root) writeWhole(file, root, 0o644)
}

/** The authority that `init` made; its key is opened at the first certificate. Certifies names below the base domain only. */
export async function internalAuthority({ledger, secrets, clock}: AuthorityNeeds): Promise<Authority> {
  const [root, domain] = [await setting(ledger, 'ca-certificate'), await setting(ledger, 'base-domain')]
  if (root === undefined || domain === undefined)
    throw new Refusal('ledger-missing', 'There is no internal certificate authority yet.', {
      remedies: ['selfhelp init'],
    })
  return {
    certificate: root,
    issue: async ({names: [first, ...others], days, client = false}) => {
      if (first === undefined) throw new Bug('A certificate for no name was asked for.')
      assertBelow(domain, [first, ...others])
      const key = await secrets.get(keyName)
      if (!key) throw new Bug("The certificate authority's key is not in the secret store.")
      return issue({root, key}, {hostnames: [first, ...others], from: clock.now(), days, client})
    },
  }
}

/**
 * The authority of VPN devices, made at the first need. It is another than that of servers, because charon reads no
 * root with name constraints; nothing but a VPN's own connection trusts it.
 */
export async function vpnAuthority({secrets, clock}: Pick<AuthorityNeeds, 'secrets' | 'clock'>): Promise<Authority> {
  const names = {key: 'vpn/authority/key', root: 'vpn/authority/certificate'}
  let [key, root] = [await secrets.get(names.key), await secrets.get(names.root)]
  if (!key || !root) {
    const {rootCertificate} = await import('./x509.ts')
    key = newServerKey().privateKey
    const now = clock.now()
    const until = now.toZonedDateTimeISO('UTC').add({years: rootYears}).toInstant()
    const name = `selfhelp VPN ${randomBytes(3).toString('hex')}`
    root = new Secret(rootCertificate({name, key: key.expose()}, undefined, {from: now.subtract({hours: 1}), until}))
    await secrets.put(names.key, key)
    await secrets.put(names.root, root)
  }
  const by = {root: root.expose(), key}
  return {
    certificate: by.root,
    issue: async ({names: [first, ...others], days}) => {
      if (first === undefined) throw new Bug('A certificate for no name was asked for.')
      return issue(by, {hostnames: [first, ...others], client: true, from: clock.now(), days})
    },
  }
}

/** A new key for a server (ECDSA P-256). */
export function newServerKey(): ServerKey {
  const {publicKey, privateKey} = generateKeyPairSync('ec', {
    namedCurve: 'P-256',
    publicKeyEncoding: {type: 'spki', format: 'pem'},
    privateKeyEncoding: {type: 'pkcs8', format: 'pem'},
  })
  return {publicKey, privateKey: new Secret(privateKey)}
}

function assertBelow(domain: string, hostnames: readonly string[]): void {
  const outside = hostnames.filter(name => !name.endsWith(`.${domain}`))
  if (outside.length === 0) return
  throw new Refusal('input-invalid', `The internal certificate authority certifies names below ${domain} only.`, {
    facts: {outside},
  })
}

interface Wanted {
  readonly hostnames: ServerWanted['hostnames']
  readonly from: Temporal.Instant
  readonly days: number
  readonly client: boolean
}

async function issue(by: {root: string; key: Secret}, {hostnames, from: now, days, client}: Wanted): Promise<Issued> {
  const {serverCertificate} = await import('./x509.ts')
  const {subject, validTo} = new X509Certificate(by.root)
  const name = subject.replace(/^CN=/, '')
  const rootEnds = Temporal.Instant.fromEpochMilliseconds(Date.parse(validTo))
  const wantedEnd = now.add({hours: 24 * days})
  const until = Temporal.Instant.compare(wantedEnd, rootEnds) < 0 ? wantedEnd : rootEnds
  // An hour back, for hosts whose clocks are behind ours.
  const from = now.subtract({hours: 1})
  const {publicKey, privateKey: key} = newServerKey()
  const chain = serverCertificate({name, key: by.key.expose()}, {hostnames, publicKey, from, until, client})
  const fingerprint = new X509Certificate(chain).fingerprint256.replaceAll(':', '').toLowerCase()
  return {chain, key, fingerprint, notBefore: seconds(from), notAfter: seconds(until), issuer: name}
}

/** Certificates know whole seconds. */
function seconds(instant: Temporal.Instant): Temporal.Instant {
  return instant.round({smallestUnit: 'second', roundingMode: 'trunc'})
}

interface ServerKey {
  readonly publicKey: string
  /** PKCS#8 in PEM. */
  readonly privateKey: Secret
}
