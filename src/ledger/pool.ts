import {setTimeout as sleep} from 'node:timers/promises'
import pg, {type ClientConfig, type PoolClient, type QueryArrayResult} from 'pg'
import {Temporal} from 'temporal-polyfill'
import type {Secret} from '../secret/secret.ts'
import type {Ledger, Queries} from './ledger.ts'
import {isAway, unreachable} from './trouble.ts'

export interface Source {
  readonly config: ClientConfig
  readonly url: Secret
  /** Called after a failed connection: returns when it is worth trying again, else throws what to say. */
  revive(thrown: unknown): Promise<void>
}

const startWithin = 60_000
const blockOfRows = 2000

/** The ledger on a pool of connections; each is opened when first needed. */
export function makePool(source: Source): Ledger {
  const pool = new pg.Pool({...source.config, types, max: 8, allowExitOnIdle: true})
  // A connection that breaks fails its own statement and is replaced at the next; without these it would end the process.
  pool.on('error', () => {})
  pool.on('connect', client => client.on('error', () => {}))
  const withClient = async <T>(work: (client: PoolClient) => Promise<T>): Promise<T> => {
    const client = await connected(pool, source)
    let broken = false
    try {
      return await work(client)
    } catch (thrown) {
      broken = isAway(thrown)
      throw broken ? unreachable(thrown) : thrown
    } finally {
      client.release(broken)
    }
  }
  return {
    all: (strings, ...values) => withClient(client => queriesOn(client).all(strings, ...values)),
    one: (strings, ...values) => withClient(client => queriesOn(client).one(strings, ...values)),
    async *stream<R>(strings: TemplateStringsArray, ...values: readonly unknown[]) {
      const client = await connected(pool, source)
      try {
        yield* cursor<R>(client, strings, values)
      } finally {
        client.release()
      }
    },
    transaction: work => withClient(client => transaction(client, work)),
    url: source.url,
    close: () => pool.end(),
  }
}

async function connected(pool: pg.Pool, source: Source): Promise<PoolClient> {
  const deadline = performance.now() + startWithin
  for (;;) {
    try {
      return await pool.connect()
    } catch (thrown) {
      if (performance.now() > deadline) throw unreachable(thrown)
      // "The database system is starting up" needs no reviving, only patience.
      if (!isStarting(thrown)) await source.revive(thrown)
      await sleep(20)
    }
  }
}

function isStarting(thrown: unknown): boolean {
  return thrown instanceof Error && 'code' in thrown && thrown.code === '57P03'
}

/**
 * Whoever falls asleep in the middle of a transaction holds what everybody needs, the journal first of all: the server ends
 * it before its heartbeat counts as over, so that others can go on.
 */
const asleepAfter = '20s'

async function transaction<T>(client: PoolClient, work: (tx: Queries) => Promise<T>): Promise<T> {
  await client.query(`begin; set local idle_in_transaction_session_timeout = '${asleepAfter}'`)
  try {
    const result = await work(queriesOn(client))
    await client.query('commit')
    return result
  } catch (thrown) {
    // A broken connection has rolled back by itself.
    await client.query('rollback').catch(() => {})
    throw thrown
  }
}

function queriesOn(client: PoolClient): Queries {
  return {
    async all<R>(strings: TemplateStringsArray, ...values: readonly unknown[]) {
      return rowsOf<R>(await client.query(statement(strings, values)))
    },
    async one<R>(strings: TemplateStringsArray, ...values: readonly unknown[]) {
      return rowsOf<R>(await client.query(statement(strings, values)))[0]
    },
  }
}

async function* cursor<R>(
  client: PoolClient,
  strings: TemplateStringsArray,
  values: readonly unknown[],
): AsyncIterable<R[]> {
  const {text, values: parameters} = statement(strings, values)
  // A cursor lives in a transaction.
  await client.query('begin read only')
  try {
    await client.query(`declare block no scroll cursor for ${text}`, parameters)
    for (;;) {
      const rows = rowsOf<R>(await client.query({text: `fetch ${blockOfRows} from block`, rowMode: 'array'}))
      if (rows.length === 0) return
      yield rows
    }
  } finally {
    await client.query('rollback').catch(() => {})
  }
}

function statement(strings: TemplateStringsArray, values: readonly unknown[]) {
  const text = strings.reduce((sum, part, at) => `${sum}$${at}${part}`)
  const parameters = values.map(each => (each instanceof Temporal.Instant ? each.toString() : each))
  return {text, values: parameters, rowMode: 'array' as const}
}

/** Columns become properties in our spelling: `public_key` is `publicKey`, null is undefined. */
function rowsOf<R>({fields, rows}: QueryArrayResult): R[] {
  const names = fields.map(({name}) => name.replace(/_([a-z0-9])/g, (_, letter) => letter.toUpperCase()))
  return rows.map(row => Object.fromEntries(names.map((name, at) => [name, row[at] ?? undefined])) as R)
}

const {INT8, DATE, TIMESTAMPTZ} = pg.types.builtins

const types = {
  getTypeParser(oid: number, format?: 'text' | 'binary') {
    if (oid === INT8) return Number
    if (oid === DATE) return String
    if (oid === TIMESTAMPTZ) return instant
    return pg.types.getTypeParser(oid, format as 'text')
  },
}

/** PostgreSQL writes `2026-11-22 11:04:20.5+00`. Read by hand: a list of a thousand would else wait for Temporal's parser. */
function instant(text: string): Temporal.Instant {
  const [, second, fraction = ''] = /^(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d)(?:\.(\d+))?\+00$/.exec(text) ?? []
  // The `+00` alone is no RFC 3339 offset.
  if (second === undefined) return Temporal.Instant.from(`${text.replace(' ', 'T')}:00`)
  const nanoseconds = BigInt(Date.parse(`${second}Z`)) * 1_000_000n + BigInt(fraction.padEnd(9, '0'))
  return Temporal.Instant.fromEpochNanoseconds(nanoseconds)
}
