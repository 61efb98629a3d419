import {Temporal} from 'temporal-polyfill'
import type {Clock} from '../clock.ts'
import {CodedError, Failure} from '../error.ts'

/** How outside failures are waited out. */
export interface Patience {
  readonly clock: Clock
  /** 0 to 1: spreads the retries of many runs. */
  random(): number
  /** Ends the waiting at once. */
  readonly signal: AbortSignal
}

export interface Retrying {
  /** ISO 8601. */
  readonly within: string
  onRetry?(why: unknown, inMilliseconds: number): void
}

const first = 250
const longest = 10_000

/** Does it again after each outside failure, ever more slowly, until the time is over; then throws the last one. */
export async function patiently<T>(patience: Patience, how: Retrying, attempt: () => Promise<T>): Promise<T> {
  const {clock, signal} = patience
  const deadline = clock.now().add(Temporal.Duration.from(how.within))
  for (let tried = 0; ; tried++) {
    try {
      return await endedBy(signal, attempt())
    } catch (thrown) {
      const pause = Math.round(Math.min(longest, first * 2 ** tried) * (0.5 + patience.random() / 2))
      const late = Temporal.Instant.compare(clock.now().add({milliseconds: pause}), deadline) > 0
      if (!isOutside(thrown) || late || signal.aborted) throw thrown
      how.onRetry?.(thrown, pause)
      await endedBy(signal, clock.sleep(pause, signal))
    }
  }
}

function isOutside(thrown: unknown): boolean {
  return thrown instanceof CodedError && thrown.kind === 'failure' && thrown.code !== 'interrupted'
}

/** The promise, or `Failure('interrupted')` as soon as the signal fires: what was begun may go on alone. */
async function endedBy<T>(signal: AbortSignal, promise: Promise<T>): Promise<T> {
  const interrupted = () => new Failure('interrupted', 'interrupted in the middle of a step')
  if (signal.aborted) {
    promise.catch(() => {})
    throw interrupted()
  }
  const {promise: aborted, reject} = Promise.withResolvers<never>()
  const abort = () => reject(interrupted())
  signal.addEventListener('abort', abort, {once: true})
  try {
    return await Promise.race([promise, aborted])
  } catch (thrown) {
    promise.catch(() => {})
    if (signal.aborted) throw interrupted()
    throw thrown
  } finally {
    signal.removeEventListener('abort', abort)
  }
}
