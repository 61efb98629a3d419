import {Agent} from 'node:https'
import type * as Acme from 'acme-client'
import {Refusal} from '../error.ts'
import type {Secret} from '../secret/secret.ts'
import {Busy, named, type Problem, problemIn, retryAt} from './acme-trouble.ts'

/** An authority that speaks ACME, as the ledger keeps it; keys lie in the secret store. */
export interface AcmeAuthority {
  /** Where its directory is, https. */
  readonly directory: string
  /** PEM of what its own server is trusted by, where the world's roots do not. */
  readonly root?: string
  /** PEM of the roots its certificates lead to, where the world's roots do not have them. */
  readonly issues?: string
  readonly contact?: string
  /** The account at the authority that ours is bound to. */
  readonly bound?: string
  readonly challenge: 'http-01' | 'dns-01'
  /** For dns-01: the server that takes updates. */
  readonly dns?: {readonly server: string; readonly port: number}
}

export interface AcmeKeys {
  readonly account: Secret
  /** Base64url, as the authority gave it. */
  readonly bound?: Secret | undefined
}

/** Shows an authority that a name is ours, and takes that away again. */
export interface Showing {
  readonly kind: AcmeAuthority['challenge']
  show(proof: Proof): Promise<void>
  hide(proof: Proof): Promise<void>
}

export interface Proof {
  readonly hostname: string
  readonly token: string
  readonly answer: string
}

export interface Order {
  readonly hostname: string
  /** Of the new certificate. */
  readonly key: Secret
  readonly showing: Showing
  tell(text: string): void
}

/** How long an authority may take to look at a challenge, milliseconds. */
const patience = {backoffAttempts: 12, backoffMin: 300, backoffMax: 5_000} as const

/**
 * The chain of a new certificate, PEM, the leaf first. Throws `Failure('authority-busy')` with the instant from which to ask
 * again, `Failure('authority-failed')` when it does not answer as it should, `Refusal('authority-refused')`.
 */
export async function certificateByAcme(authority: AcmeAuthority, keys: AcmeKeys, order: Order): Promise<string> {
  return talking({authority, keys, hostname: order.hostname}, ({acme, client}) => ordered({acme, client}, order))
}

/** The authority takes a certificate back. Throws as `certificateByAcme` does. */
export async function revokedByAcme(
  authority: AcmeAuthority,
  keys: AcmeKeys,
  {chain, code, hostname}: {chain: string; code: number; hostname: string},
): Promise<void> {
  await talking({authority, keys, hostname}, ({client}) => client.revokeCertificate(chain, {reason: code}))
}

async function talking<T>(
  {authority, keys, hostname}: {authority: AcmeAuthority; keys: AcmeKeys; hostname: string},
  work: (talk: Talking) => Promise<T>,
): Promise<T> {
  const {default: acme} = (await import('acme-client')) as unknown as {default: typeof Acme}
  const line = overHttps(acme, authority)
  const {bound} = authority
  try {
    const client = new acme.Client({
      directoryUrl: authority.directory,
      accountKey: keys.account.expose(),
      ...patience,
      ...(bound && keys.bound ? {externalAccountBinding: {kid: bound, hmacKey: keys.bound.expose()}} : {}),
    })
    const contact = authority.contact ? [`mailto:${authority.contact}`] : []
    await client.createAccount({termsOfServiceAgreed: true, contact})
    return await work({acme, client})
  } catch (cause) {
    throw named(cause, line.problem(), {directory: authority.directory, hostname})
  } finally {
    line.close()
  }
}

interface Talking {
  readonly acme: typeof Acme
  readonly client: Acme.Client
}

async function ordered({acme, client}: Talking, {hostname, key, showing, tell}: Order): Promise<string> {
  const order = await client.createOrder({identifiers: [{type: 'dns', value: hostname}]})
  for (const authorization of await client.getAuthorizations(order)) {
    if (authorization.status === 'valid') continue
    const challenge = authorization.challenges.find(({type}) => type === showing.kind)
    if (!challenge) throw new Refusal('authority-refused', `The authority offers no ${showing.kind} for ${hostname}.`)
    // RFC 8555 8.1: base64url. It will stand in a command to HAProxy.
    if (!/^[\w-]{1,128}$/.test(challenge.token))
      throw new Refusal('authority-refused', `The authority's challenge for ${hostname} is none (RFC 8555 8.1).`)
    const proof = {hostname, token: challenge.token, answer: await client.getChallengeKeyAuthorization(challenge)}
    await showing.show(proof)
    try {
      await client.completeChallenge(challenge)
      await client.waitForValidStatus(challenge)
      tell(`the authority has seen that ${hostname} is ours (${showing.kind})`)
    } finally {
      await showing.hide(proof)
    }
  }
  const [, request] = await acme.crypto.createCsr({altNames: [hostname]}, key.expose())
  return client.getCertificate(await client.finalizeOrder(order, request))
}

interface Line {
  problem(): Problem | undefined
  close(): void
}

/** The library's one HTTP client, for the time of one order: it waits for nothing by itself, trusts the authority's root. */
function overHttps({axios}: typeof Acme, {root}: AcmeAuthority): Line {
  const defaults = axios.defaults as typeof axios.defaults & {acmeSettings: {retryMaxAttempts: number}}
  defaults.acmeSettings.retryMaxAttempts = 0
  defaults.timeout = 20_000
  defaults.proxy = false
  defaults.httpsAgent = new Agent(root === undefined ? {} : {ca: root})
  let problem: Problem | undefined
  const watch = axios.interceptors.response.use(response => {
    if (response?.status === 429) throw new Busy(retryAt(String(response.headers['retry-after'] ?? '')))
    problem = problemIn(response?.data) ?? problem
    return response
  })
  return {problem: () => problem, close: () => axios.interceptors.response.eject(watch)}
}
