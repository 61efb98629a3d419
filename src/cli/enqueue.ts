import {requeueRun} from '../ledger/run.ts'
import {requestRun} from '../runbook/request.ts'
import type {Enqueued, World} from '../world.ts'
import {kernelOf, signed} from './kernel.ts'

/** Leaves a run to a worker under the machine operator's signature; the stopped one of the same input goes on. */
export async function enqueueRun(world: World, {runbook, input, command, reason}: Enqueued): Promise<string> {
  const kernel = await kernelOf(world, 'command')
  const asked = {command, input: input as Readonly<Record<string, unknown>>, reason}
  const run = await requestRun(kernel, {
    runbook: await kernel.runbooks(runbook),
    input,
    detach: true,
    by: run => signed(world, {...asked, run}, 'machine'),
  })
  await requeueRun(kernel.ledger, run.id)
  return run.id
}
