import {Failure} from '../error.ts'

/** Ctrl-C as a command meets it: once means stop soon, twice means now. */
export interface Interruption {
  /** Fires at the first interrupt. Whoever asks for it takes over stopping; otherwise the command ends at once. */
  readonly soon: AbortSignal
  /** Fires at the second. */
  readonly now: AbortSignal
}

export interface Interrupts {
  readonly interruption: Interruption
  /** One SIGINT or SIGTERM has come. */
  interrupt(): void
}

/** `end` is called when nobody takes care of an interrupt, or at the third. */
export function interrupts(end: (why: Failure) => void): Interrupts {
  const soon = new AbortController()
  const now = new AbortController()
  let taken = false
  const interruption: Interruption = {
    get soon() {
      taken = true
      return soon.signal
    },
    now: now.signal,
  }
  return {
    interruption,
    interrupt() {
      const why = new Failure('interrupted', 'Stopped by a signal; what had begun is resumable.', {
        remedies: ['selfhelp run list'],
      })
      if (!taken || now.signal.aborted) end(why)
      else if (soon.signal.aborted) now.abort(why)
      else soon.abort(why)
    },
  }
}
