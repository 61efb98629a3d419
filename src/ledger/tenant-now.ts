import type {Temporal} from 'temporal-polyfill'
import type {Queries} from './ledger.ts'
import {unfinished} from './run.ts'

/** What somebody who is called at night asks about a tenant. */
export interface TenantNow {
  /** Runs that have not ended. */
  readonly runs: readonly {
    readonly run: string
    readonly title: string
    readonly state: string
    readonly operator: string
    readonly since: Temporal.Instant
  }[]
  /** Findings nobody settled. */
  readonly events: readonly {
    readonly kind: string
    readonly subject: string
    readonly remedy: string
    readonly firstSeen: Temporal.Instant
  }[]
  /** The newest certificate of each name. */
  readonly certificates: readonly {readonly hostname: string; readonly notAfter: Temporal.Instant}[]
}

/** What stands open at a tenant, and until when its names are served. */
export async function tenantNow(ledger: Queries, tenant: string): Promise<TenantNow> {
  const [runs, events, certificates] = await Promise.all([
    ledger.all<TenantNow['runs'][number]>`
      select id as run, title, state, operator, queued_at as since from run
      where state = any(${unfinished}) and tenant = ${tenant} order by queued_at`,
    ledger.all<TenantNow['events'][number]>`
      select kind, subject, remedy, first_seen from event where closed_at is null and tenant = ${tenant} order by first_seen`,
    ledger.all<TenantNow['certificates'][number]>`
      select c.hostname, max(c.not_after) as not_after from certificate c
      join hostname h on h.name = c.hostname join environment e on e.id = h.environment
      where e.tenant = ${tenant} group by c.hostname order by c.hostname`,
  ])
  return {runs, events, certificates}
}
