import type {Ledger, Queries} from './ledger.ts'

/**
 * A ledger in which everything can be done and nothing stays: one transaction, taken back when it is closed. What it reads
 * is what would be. Its transactions stand one in the other, one after the other.
 */
export async function rehearsed(ledger: Ledger): Promise<Ledger> {
  const over = Promise.withResolvers<never>()
  const begun = Promise.withResolvers<Queries>()
  const ended = ledger.transaction(async tx => {
    // Hosts may be asked meanwhile.
    await tx.all`select set_config('idle_in_transaction_session_timeout', '2min', true)`
    begun.resolve(tx)
    return over.promise
  })
  ended.catch(begun.reject)
  const tx = oneByOne(await begun.promise)
  let last: Promise<unknown> = Promise.resolve()
  return {
    all: tx.all,
    one: tx.one,
    async *stream<R>(strings: TemplateStringsArray, ...values: readonly unknown[]) {
      yield await tx.all<R>(strings, ...values)
    },
    transaction: work => {
      const mine = last.then(() => within(tx, work))
      last = mine.catch(() => {})
      return mine
    },
    url: ledger.url,
    close: async () => {
      over.reject(new Error('taken back'))
      await ended.catch(() => {})
      await ledger.close()
    },
  }
}

/** One connection says one thing at a time. */
function oneByOne(tx: Queries): Queries {
  let last: Promise<unknown> = Promise.resolve()
  const queued = <T>(query: () => Promise<T>): Promise<T> => {
    const mine = last.then(query)
    last = mine.catch(() => {})
    return mine
  }
  return {
    all: (strings, ...values) => queued(() => tx.all(strings, ...values)),
    one: (strings, ...values) => queued(() => tx.one(strings, ...values)),
  }
}

/** What fails in it takes back its own part alone, as a transaction does. */
async function within<T>(tx: Queries, work: (tx: Queries) => Promise<T>): Promise<T> {
  await tx.all`savepoint part`
  try {
    const result = await work(tx)
    await tx.all`release savepoint part`
    return result
  } catch (thrown) {
    await tx.all`rollback to savepoint part`
    throw thrown
  }
}
