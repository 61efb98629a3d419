import {thisExecutor} from '../runbook/executor.ts'
import {allowAll, type Kernel} from '../runbook/kernel.ts'
import type {SignedRequest} from '../runbook/request.ts'
import type {Request} from './base.ts'
import {runbooksOf} from './runbooks.ts'
import type {World} from './world.ts'

/** What following runs needs, made of the collaborators of this process. */
export async function kernelOf(world: World, purpose: Kernel['executor']['purpose']): Promise<Kernel> {
  return {
    ledger: await world.ledger(),
    clock: world.clock,
    random: Math.random,
    executor: thisExecutor(purpose),
    runbooks: runbooksOf(world),
    mayStart: allowAll,
    journal: async () => {},
    announce: async () => {},
  }
}

/** The request as its operator signed it. */
export async function signed(_world: World, request: Request): Promise<SignedRequest> {
  return {operator: 'nobody@selfhelp.invalid', reason: request.reason ?? request.ticket, request, signature: ''}
}
