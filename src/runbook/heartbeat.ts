import {beat, dismissExecutor, enrolExecutor} from '../ledger/executor.ts'
import type {Kernel} from './kernel.ts'

const everyMilliseconds = 5000

/** Tells the ledger that this executor lives, until it is disposed of. A ledger that is away is told again later. */
export async function heartbeat({ledger, executor}: Kernel): Promise<AsyncDisposable> {
  await enrolExecutor(ledger, executor)
  let last: Promise<void> = Promise.resolve()
  const timer = setInterval(() => {
    last = last.then(() => beat(ledger, executor.id)).catch(() => {})
  }, everyMilliseconds)
  timer.unref()
  return {
    [Symbol.asyncDispose]: async () => {
      clearInterval(timer)
      await last
      await dismissExecutor(ledger, executor.id).catch(() => {})
    },
  }
}
