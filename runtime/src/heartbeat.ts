import type {Context} from './app.ts'
import {log} from './log.ts'

const everyMs = 60_000

/** Writes one row a minute, so that an idle database still has a commit to restore to; gives the way to stop. */
export function beat({sql, config, clock}: Pick<Context, 'sql' | 'config' | 'clock'>): () => void {
  const once = async () => {
    try {
      await sql.query(
        'insert into operation.heartbeat (role, at) values ($1, $2) on conflict (role) do update set at = excluded.at',
        [config.role, new Date(clock())],
      )
      await sql.query('delete from operation.session where expires_at < $1', [new Date(clock())])
    } catch (error) {
      log('warn', 'heartbeat-failed', {error})
    }
  }
  const timer = setInterval(once, everyMs)
  void once()
  return () => clearInterval(timer)
}
