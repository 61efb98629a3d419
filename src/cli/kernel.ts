import {hostname, userInfo} from 'node:os'
import {append} from '../ledger/journal.ts'
import type {Request, Signed} from '../operator/model.ts'
import {thisExecutor} from '../runbook/executor.ts'
import type {Kernel} from '../runbook/kernel.ts'
import type {SignedRequest} from '../runbook/request.ts'
import type {World} from '../world.ts'
import {runbooksOf} from './runbooks.ts'

/** What following runs needs, made of the collaborators of this process. */
export async function kernelOf(world: World, purpose: Kernel['executor']['purpose']): Promise<Kernel> {
  const here = {account: userInfo().username, machine: hostname()}
  return {
    ledger: await world.ledger(),
    clock: world.clock,
    random: Math.random,
    executor: thisExecutor(purpose),
    runbooks: runbooksOf(world),
    mayStart: world.mayStart,
    verify: ({request, signature}) => world.verify(request as Signed['request'], signature),
    journal: async (tx, entry) => void (await append(tx, {...entry, ...here, at: world.clock.now()})),
    announce: async (host, fence) => {
      if (world.rehearsal) return
      const machine = await world.machine(host)
      await machine.act(`announce-${fence.lock}-${fence.epoch}`, [], fence)
    },
  }
}

/** The request as its operator signed it; the journal keeps it with the run. */
export async function signed(world: World, request: Request, as?: 'machine'): Promise<SignedRequest> {
  const {operator, request: asked, signature} = await world.sign(request, as)
  return {operator, reason: asked.reason, ticket: asked.ticket, request: asked, signature}
}
