import type {Temporal} from 'temporal-polyfill'
import type {Queries} from './ledger.ts'

export interface DocumentRow {
  readonly id: string
  readonly kind: string
  readonly locale: string
  /** With `{{link N}}` where a one-time link stands; the links lie sealed. */
  readonly body: string
  readonly createdAt: Temporal.Instant
}

/** The newest document of a kind for a tenant. */
export async function documentOf(ledger: Queries, tenant: string, kind: string): Promise<DocumentRow | undefined> {
  return ledger.one<DocumentRow>`
    select id, kind, locale, body, created_at from document where tenant = ${tenant} and kind = ${kind}
    order by created_at desc limit 1`
}

/** Keeps a document. */
export async function insertDocument(
  ledger: Queries,
  tenant: string,
  {kind, locale, body}: Pick<DocumentRow, 'kind' | 'locale' | 'body'>,
): Promise<void> {
  await ledger.all`
    insert into document (tenant, kind, locale, body) values (${tenant}, ${kind}, ${locale}, ${body})`
}

/** The name of the secret in which the one-time links of a tenant's document lie. */
export function linksSecret(tenant: string): string {
  return `tenant/${tenant}/links`
}
