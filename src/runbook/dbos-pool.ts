import type {Pool, PoolClient} from 'pg'
import type {Ledger} from '../ledger/ledger.ts'
import {isAway} from '../ledger/trouble.ts'

/** DBOS gives up where a Unix socket is not there for a moment; the ledger knows how to wait, and to revive a private server. */
export async function patientPool(ledger: Ledger): Promise<Pool> {
  const {default: pg} = await import('pg')
  // What DBOS does in one transaction takes a moment; who falls asleep in it is ended, as in the ledger's own.
  const idle = {idle_in_transaction_session_timeout: 20_000}
  const pool = new pg.Pool({connectionString: ledger.url.expose(), max: 4, allowExitOnIdle: true, ...idle})
  // A connection that breaks, used or not, is replaced by the next one; unheard it would end the process.
  pool.on('error', () => {})
  pool.on('connect', client => client.on('error', () => {}))
  const connect = pool.connect.bind(pool) as () => Promise<PoolClient>
  const patiently = async (): Promise<PoolClient> => {
    try {
      return await connect()
    } catch (thrown) {
      if (!isAway(thrown)) throw thrown
      await ledger.one`select 1`
      return connect()
    }
  }
  // `pool.query` asks with a callback, everybody else with a promise.
  const asked = (callback?: Asked) =>
    callback ? void patiently().then(client => callback(undefined, client, client.release), callback) : patiently()
  return Object.assign(pool, {connect: asked})
}

type Asked = (error: unknown, client?: PoolClient, release?: PoolClient['release']) => void
