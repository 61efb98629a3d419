import {CodedError} from '../error.ts'
import {type Scheduling, tick} from './tick.ts'

const everyFiveSeconds = '*/5 * * * * *'

/**
 * Ticks until the signal fires; a ledger that is away is asked again at the next tick. What is done `beside` begins at a
 * tick when it does not go on already: a slow mail server makes no job late.
 */
export async function keepSchedule(
  scheduling: Scheduling,
  signal: AbortSignal,
  beside: () => Promise<unknown> = async () => {},
): Promise<void> {
  const {schedule} = await import('node-cron')
  const {promise, resolve, reject} = Promise.withResolvers<void>()
  let going: Promise<unknown> | undefined
  const once = () => {
    going ??= beside()
      .catch(thrown => scheduling.tell(thrown instanceof Error ? thrown.message : String(thrown)))
      .finally(() => {
        going = undefined
      })
    return tick(scheduling).catch(thrown => {
      if (!(thrown instanceof CodedError && thrown.code === 'ledger-unreachable')) reject(thrown)
    })
  }
  const ticking = schedule(everyFiveSeconds, once, {noOverlap: true})
  signal.addEventListener('abort', () => resolve(), {once: true})
  if (signal.aborted) resolve()
  try {
    await once()
    await promise
  } finally {
    await ticking.destroy()
    await going
  }
}
