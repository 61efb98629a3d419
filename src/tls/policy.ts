import type {Protocol} from './model.ts'

/** Suites of TLS 1.2 that may be served: forward secret and authenticated, with the name OpenSSL gives them. */
export const suites12 = {
  TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256: 'ECDHE-ECDSA-AES128-GCM-SHA256',
  TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256: 'ECDHE-RSA-AES128-GCM-SHA256',
  TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384: 'ECDHE-ECDSA-AES256-GCM-SHA384',
  TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384: 'ECDHE-RSA-AES256-GCM-SHA384',
  TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256: 'ECDHE-ECDSA-CHACHA20-POLY1305',
  TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256: 'ECDHE-RSA-CHACHA20-POLY1305',
} as const

/** Suites of TLS 1.3 that may be served. */
export const suites13 = ['TLS_AES_128_GCM_SHA256', 'TLS_AES_256_GCM_SHA384', 'TLS_CHACHA20_POLY1305_SHA256'] as const

/** Groups that may be served. */
export const groups = ['X25519MLKEM768', 'X25519', 'prime256v1', 'secp384r1'] as const

export type Suite12 = keyof typeof suites12
export type Suite13 = (typeof suites13)[number]
export type Group = (typeof groups)[number]
export type Served = Extract<Protocol, 'TLSv1.2' | 'TLSv1.3'>

/** What edges may offer. Nothing weaker than R031–R036 can be written down in it. */
export interface TlsPolicy {
  readonly name: string
  readonly source: string
  readonly link: string
  /** The day it was taken over from there. */
  readonly taken: string
  readonly protocols: readonly [Served, ...Served[]]
  readonly suites12: readonly Suite12[]
  readonly suites13: readonly [Suite13, ...Suite13[]]
  /** In order of preference. */
  readonly groups: readonly [Group, ...Group[]]
  readonly preferServer: boolean
  /** Seconds of `Strict-Transport-Security`. */
  readonly hsts: number
}

const mozilla = {
  source: 'Mozilla Server Side TLS, guideline 6.0',
  link: 'https://ssl-config.mozilla.org/guidelines/6.0.json',
  taken: '2026-11-22',
  suites13,
  groups,
  preferServer: false,
  hsts: 63_072_000,
} as const

/** The policies there are, the default first. */
export const policies = {
  intermediate: {
    name: 'intermediate',
    ...mozilla,
    protocols: ['TLSv1.2', 'TLSv1.3'],
    suites12: Object.keys(suites12) as Suite12[],
  },
  modern: {name: 'modern', ...mozilla, protocols: ['TLSv1.3'], suites12: []},
} as const satisfies Record<string, TlsPolicy>

export type PolicyName = keyof typeof policies

/** The one an edge has when nobody chose. */
export const defaultPolicy: PolicyName = 'intermediate'

/** What the template of HAProxy is filled with. */
export interface HaproxyTls {
  /** For the comment above: where it comes from. */
  readonly source: string
  /** After `ssl-default-bind-options`. */
  readonly options: string
  /** After `ssl-default-bind-curves`. */
  readonly curves: string
  /** After `ssl-default-bind-ciphers`: TLS 1.2; empty when none is served. */
  readonly ciphers: string
  /** After `ssl-default-bind-ciphersuites`: TLS 1.3. */
  readonly ciphersuites: string
  readonly hsts: number
}

/** Groups of a later OpenSSL than Debian 12 has; the 3.0 there refuses a list that names one. */
const laterGroups: readonly Group[] = ['X25519MLKEM768']

/** The policy as HAProxy reads it. Throws `RangeError` for data that is weaker than the type allows. */
export function haproxyTls(policy: TlsPolicy, {mlkem} = {mlkem: false}): HaproxyTls {
  const [weak] = weaknesses(policy)
  if (weak !== undefined) throw new RangeError(`the TLS policy ${policy.name} may not be served: ${weak}`)
  const lowest = policy.protocols.includes('TLSv1.2') ? 'TLSv1.2' : 'TLSv1.3'
  const highest = policy.protocols.includes('TLSv1.3') ? [] : ['ssl-max-ver TLSv1.2']
  const order = policy.preferServer ? [] : ['prefer-client-ciphers']
  return {
    source: `${policy.source}: ${policy.name}, as of ${policy.taken}.`,
    options: [...order, `ssl-min-ver ${lowest}`, ...highest].join(' '),
    curves: policy.groups.filter(group => mlkem || !laterGroups.includes(group)).join(':'),
    ciphers: policy.suites12.map(name => suites12[name]).join(':'),
    ciphersuites: policy.suites13.join(':'),
    hsts: policy.hsts,
  }
}

/** The longest that browsers must at least remember to come over https (guideline 6.0). */
const leastHsts = 63_072_000

/** What of this data R031–R036 forbid, in sentences; types are no proof for what was read from somewhere. */
export function weaknesses(policy: TlsPolicy): readonly string[] {
  const beyond = (what: string, given: readonly string[], known: readonly string[]) =>
    given.filter(each => !known.includes(each)).map(each => `${what} ${each} is not among those that may be served`)
  return [
    ...(policy.protocols.length === 0 ? ['it serves no protocol at all'] : []),
    ...beyond('the protocol', policy.protocols, ['TLSv1.2', 'TLSv1.3']),
    ...beyond('the suite', policy.suites12, Object.keys(suites12)),
    ...beyond('the suite', policy.suites13, suites13),
    ...beyond('the group', policy.groups, groups),
    ...(policy.protocols.includes('TLSv1.2') && policy.suites12.length === 0
      ? ['TLS 1.2 is served without suites']
      : []),
    ...(policy.hsts < leastHsts ? [`HSTS of ${policy.hsts} s is shorter than ${leastHsts} s`] : []),
  ]
}
