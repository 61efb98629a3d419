import {CodedError} from '../error.ts'
import {type Scheduling, tick} from './tick.ts'

const everyFiveSeconds = '*/5 * * * * *'

/** Ticks until the signal fires. A ledger that is away is asked again at the next tick. */
export async function keepSchedule(scheduling: Scheduling, signal: AbortSignal): Promise<void> {
  const {schedule} = await import('node-cron')
  const {promise, resolve, reject} = Promise.withResolvers<void>()
  const once = () =>
    tick(scheduling).catch(thrown => {
      if (!(thrown instanceof CodedError && thrown.code === 'ledger-unreachable')) reject(thrown)
    })
  const ticking = schedule(everyFiveSeconds, once, {noOverlap: true})
  signal.addEventListener('abort', () => resolve(), {once: true})
  if (signal.aborted) resolve()
  try {
    await once()
    await promise
  } finally {
    await ticking.destroy()
  }
}
