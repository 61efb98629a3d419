import type {Secret} from '../secret/secret.ts'

/**
 * Statements as tagged templates: values become parameters, never text.
 * Instants go in as `Temporal.Instant` and come out so; `bigint` columns are numbers, dates are `YYYY-MM-DD`.
 * Rows come in our spelling: the column `public_key` is the property `publicKey`, null is undefined.
 * An object goes in as JSON; an array is a PostgreSQL array, so for a `jsonb` list say `JSON.stringify(list)`.
 */
export interface Queries {
  all<R>(strings: TemplateStringsArray, ...values: readonly unknown[]): Promise<R[]>
  /** The first row, if any. */
  one<R>(strings: TemplateStringsArray, ...values: readonly unknown[]): Promise<R | undefined>
}

/** The control plane's memory. Its SQL is in `src/ledger/<noun>.ts` and nowhere else. */
export interface Ledger extends Queries {
  /** Commits when the work is done, rolls back when it throws. Do not keep `tx`. */
  transaction<T>(work: (tx: Queries) => Promise<T>): Promise<T>
  /** The rows in blocks, in constant memory. */
  stream<R>(strings: TemplateStringsArray, ...values: readonly unknown[]): AsyncIterable<R[]>
  /** For the durable runs, which bring their own pool. */
  readonly url: Secret
  close(): Promise<void>
}
