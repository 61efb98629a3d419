import type {Temporal} from 'temporal-polyfill'
import {servedCertificate, sightsOf} from '../ledger/certificate-life.ts'
import type {Queries} from '../ledger/ledger.ts'
import type {NameInput} from './install.ts'
import type {Derogation} from './model.ts'

/** What a name is served with, and where that was proven. */
export interface Delivery {
  readonly hostname: string
  readonly environment: string
  /** SHA-256 of the leaf, hexadecimal. */
  readonly fingerprint: string
  readonly issuer: string
  readonly source: string
  readonly notBefore: Temporal.Instant
  readonly notAfter: Temporal.Instant
  readonly derogation?: Derogation
  /** False while an edge has not got it. */
  readonly complete: boolean
  readonly edges: readonly EdgeDelivery[]
}

export interface EdgeDelivery {
  readonly host: string
  readonly state: 'proven' | 'missing'
  readonly at: Temporal.Instant
  /** The probe point that looked. */
  readonly from?: string
  readonly protocol?: string
  readonly suite?: string
  /** Why it is missing. */
  readonly why?: string
}

/** Undefined when the name has no certificate. */
export async function deliveryOf(ledger: Queries, {hostname, environment}: NameInput): Promise<Delivery | undefined> {
  const row = await servedCertificate(ledger, hostname)
  if (!row) return undefined
  const {fingerprint, issuer, source, notBefore, notAfter, derogation} = row
  const edges = (await sightsOf(ledger, row.id)).map(({host, state, at, proof}): EdgeDelivery => {
    const {from, protocol, suite, why} = proof as Partial<EdgeDelivery>
    const known = {
      ...(from ? {from} : {}),
      ...(protocol ? {protocol} : {}),
      ...(suite ? {suite} : {}),
      ...(why ? {why} : {}),
    }
    return {host, state, at, ...known}
  })
  const complete = edges.every(({state}) => state === 'proven')
  const about = {hostname, environment, fingerprint, issuer, source, notBefore, notAfter}
  return {...about, ...(derogation ? {derogation} : {}), complete, edges}
}
