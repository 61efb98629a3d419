import {type Contract, type EnvironmentName, environmentNames, unbuildable} from '../contract/model.ts'
import {Refusal} from '../error.ts'

/** The two faces an environment shows: readers come to presentation, authors and administrators to edition. */
export interface Hostnames {
  readonly presentation: string
  readonly edition: string
}

/** What a tenant label may not end in: `acme-qualification` would be the name of acme's qualification (R009). */
const reservedSuffixes: readonly string[] = ['edition', ...environmentNames]

/** The names an environment answers to, each one label under the base domain, so that one wildcard covers all (R009). */
export function hostnamesOf(tenant: string, environment: EnvironmentName, base: string): Hostnames {
  const label = environment === 'production' ? tenant : `${tenant}-${environment}`
  return {presentation: `${label}.${base}`, edition: `${label}-edition.${base}`}
}

/**
 * The rules of a contract that need no ledger. Throws `Refusal('label-reserved')`, and `Refusal('topology-later')` for a
 * topology that this version cannot build (R008).
 */
export function refuseUnbuildable(contract: Contract): void {
  refuseReserved(contract.tenant)
  const later = unbuildable(contract).map(name => `${name} (${contract.environments[name]?.topology})`)
  if (later.length === 0) return
  throw new Refusal('topology-later', `This version builds topology single only (R008), not ${later.join(', ')}.`, {
    facts: {tenant: contract.tenant, later},
    remedies: ['Write topology: single, or wait for the version that spreads an environment over several machines.'],
  })
}

/** Throws `Refusal('label-reserved')` when names of this tenant could be another's. */
export function refuseReserved(tenant: string): void {
  const suffix = reservedSuffixes.find(word => tenant === word || tenant.endsWith(`-${word}`))
  if (suffix === undefined) return
  throw new Refusal(
    'label-reserved',
    `The label ${tenant} ends in "${suffix}", which names an environment: its host names could be another customer's.`,
    {facts: {tenant, suffix}, remedies: [`Choose a label that does not end in ${reservedSuffixes.join(', ')}.`]},
  )
}

/** `acme/production` as tenant and environment. Throws `Refusal('input-invalid')`. */
export function parseEnvironment(text: string): {tenant: string; name: EnvironmentName} {
  const [tenant = '', name = '', ...rest] = text.split('/')
  const known = environmentNames.find(other => other === name)
  if (known !== undefined && tenant !== '' && rest.length === 0) return {tenant, name: known}
  throw new Refusal('input-invalid', `${JSON.stringify(text)} does not name an environment.`, {
    facts: {typed: text, names: environmentNames},
    remedies: [`Write TENANT/NAME, as in acme/production; NAME is one of ${environmentNames.join(', ')}.`],
  })
}

const alphabet = 'abcdefghijklmnopqrstuvwxyz234567'

/** The short id that names everything of an environment on hosts: `e` and 6 characters of base32. */
export function environmentId(random: Uint8Array): string {
  if (random.length < 6) throw new RangeError('an environment id takes 6 random bytes')
  return `e${Array.from(random.subarray(0, 6), byte => alphabet[byte % 32]).join('')}`
}
