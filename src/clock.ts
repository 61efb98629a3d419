import {Temporal} from 'temporal-polyfill'

/** Where time comes from; tests give their own, so that nothing of ours reads the machine's clock. */
export interface Clock {
  now(): Temporal.Instant
  /** Resolves after that many milliseconds, or rejects when the signal fires. */
  sleep(milliseconds: number, signal?: AbortSignal): Promise<void>
}

/** The machine's own clock. */
export const systemClock: Clock = {
  now: () => Temporal.Now.instant(),
  sleep: async (milliseconds, signal) => {
    const {setTimeout} = await import('node:timers/promises')
    await setTimeout(milliseconds, undefined, signal ? {signal} : {})
  },
}
