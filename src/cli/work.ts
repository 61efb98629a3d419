import type {Request} from '../operator/model.ts'
import type {Kernel} from '../runbook/kernel.ts'
import type {SignedRequest} from '../runbook/request.ts'
import {printable} from '../terminal/printable.ts'
import type {World} from '../world.ts'
import {kernelOf, signed} from './kernel.ts'

/** Executes queued runs in this process until it is interrupted; a line on stderr for each event. */
export async function workHere(world: World, concurrency: number): Promise<void> {
  const [{work}, {eventLine}] = await Promise.all([import('../runbook/worker.ts'), import('../runbook/view.ts')])
  const {soon, now} = world.interruption
  const kernel = await kernelOf(world, 'worker')
  const tell = (event: Parameters<typeof eventLine>[0]) =>
    void world.streams.err.write(`${printable(eventLine(event))}\n`)
  await work(kernel, {concurrency, interruption: {soon, now}, tell})
}

/** What a scheduler needs of this process. */
export async function keptSchedule(world: World): Promise<{
  kernel: Kernel
  sign(request: Request): Promise<SignedRequest>
  tell(text: string): void
}> {
  const kernel = await kernelOf(world, 'scheduler')
  return {
    kernel,
    sign: request => signed(world, request, 'machine'),
    tell: text => void world.streams.err.write(`${printable(text)}\n`),
  }
}
