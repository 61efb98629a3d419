import type {Ledger} from '../ledger/ledger.ts'
import {type TenantLine, tenantLines} from '../ledger/tenant.ts'

export interface TenantList {
  readonly items: readonly TenantLine[]
  /** The name to give to `--after` for what follows. */
  readonly next?: string
}

/** Tenants by name, one query. */
export async function listTenants(
  ledger: Ledger,
  {limit, after}: {limit: number; after?: string | undefined},
): Promise<TenantList> {
  const lines = await tenantLines(ledger, {limit: limit + 1, after})
  const items = lines.slice(0, limit)
  const last = items.at(-1)
  return lines.length > limit && last ? {items, next: last.name} : {items}
}
