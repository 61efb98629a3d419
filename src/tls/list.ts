import {Refusal} from '../error.ts'
import type {Queries} from '../ledger/ledger.ts'
import {setting} from '../ledger/setting.ts'
import {defaultPolicy, haproxyTls, type PolicyName, policies, type TlsPolicy} from './policy.ts'

/** A policy, and whether it is the one edges are wanted with. */
export interface PolicyShown extends TlsPolicy {
  readonly served: boolean
  /** What of it this generation of edges can serve, as HAProxy is told. */
  readonly haproxy: ReturnType<typeof haproxyTls>
}

/** Every policy there is. */
export async function listPolicies(ledger: Queries): Promise<{items: readonly PolicyShown[]}> {
  const {name: served} = await servedPolicy(ledger)
  return {
    items: Object.values(policies).map(policy => ({
      ...policy,
      served: policy.name === served,
      haproxy: haproxyTls(policy),
    })),
  }
}

/** One policy. Throws `Refusal('not-found')`. */
export async function showPolicy(ledger: Queries, name: string): Promise<PolicyShown> {
  const found = (await listPolicies(ledger)).items.find(each => each.name === policyNamed(name))
  if (found) return found
  throw unknown(name)
}

/** The policy edges are wanted with. */
export async function servedPolicy(ledger: Queries): Promise<TlsPolicy> {
  return policies[(await setting(ledger, 'tls-policy')) ?? defaultPolicy]
}

/** A policy's name as typed. Throws `Refusal('not-found')`. */
export function policyNamed(typed: string): PolicyName {
  if (Object.hasOwn(policies, typed)) return typed as PolicyName
  throw unknown(typed)
}

function unknown(typed: string): Refusal {
  return new Refusal('not-found', `There is no TLS policy ${typed}.`, {
    facts: {policies: Object.keys(policies)},
    remedies: ['selfhelp tls policy list'],
  })
}
