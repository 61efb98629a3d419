import pg from 'pg'
import type {Database} from './config.ts'
import {log} from './log.ts'

/** What the queries need: a pool outside of transactions, one client inside. */
export interface Sql {
  // biome-ignore lint/suspicious/noExplicitAny: rows are typed by the query that names them
  query<R extends pg.QueryResultRow = any>(text: string, values?: unknown[]): Promise<pg.QueryResult<R>>
}

/** How many connections at most, how long one statement may take (endless when left out), and being let in (3 s); milliseconds. */
export interface PoolLimits {
  readonly max: number
  readonly statementMs?: number
  readonly connectMs?: number
}

/** A small pool that never throws outside of a query; a lost server shows in /readyz. */
export function openPool(database: Database, {max, statementMs, connectMs = 3000}: PoolLimits): pg.Pool {
  const pool = new pg.Pool({
    host: database.host,
    port: database.port,
    database: database.name,
    user: database.user,
    ...(database.password === undefined ? {} : {password: database.password}),
    ...(database.tls === undefined
      ? {}
      : {
          ssl: {
            ca: database.tls.ca,
            ...(database.tls.serverName === undefined ? {} : {servername: database.tls.serverName}),
          },
        }),
    max,
    ...(statementMs === undefined ? {} : {statement_timeout: statementMs, query_timeout: statementMs + 1000}),
    application_name: 'selfhelp-runtime',
    connectionTimeoutMillis: connectMs,
    idleTimeoutMillis: 30_000,
  })
  pool.on('error', error => log('warn', 'database-connection-lost', {error}))
  return pool
}

/** Runs `work` in one transaction; `keep: false` always rolls back, so that nothing of it stays. */
export async function transaction<T>(
  pool: pg.Pool,
  work: (sql: Sql) => Promise<T>,
  options: {begin?: string; keep?: boolean} = {},
): Promise<T> {
  const client = await pool.connect()
  let broken: Error | undefined
  try {
    await client.query(options.begin ?? 'begin')
    const result = await work(client)
    await client.query(options.keep === false ? 'rollback' : 'commit')
    return result
  } catch (error) {
    await client.query('rollback').catch(lost => {
      broken = lost as Error
    })
    throw error
  } finally {
    client.release(broken)
  }
}
