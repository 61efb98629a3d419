import {Refusal} from '../error.ts'
import {heldLocks, revokeLocks, serialiseTaking} from '../ledger/lock.ts'
import {runById, supersedeRun} from '../ledger/run.ts'
import {announce} from './execute.ts'
import type {Kernel} from './kernel.ts'
import type {SignedRequest} from './request.ts'

export interface TakenOver {
  readonly lock: string
  readonly run: string
  /** Whom it was taken from. */
  readonly owner: string
  readonly epoch: number
  /** Hosts that did not answer: there the old executor is refused only after the next change. */
  readonly unheard: readonly string[]
}

/**
 * Takes a lock, and with it its run, away from whoever holds it: the run stops, its hosts refuse the old executor, and
 * it can be resumed or abandoned. Refusal `not-found` when nobody holds it.
 */
export async function takeOver(kernel: Kernel, lock: string, by: SignedRequest): Promise<TakenOver> {
  const {holder, revoked} = await kernel.ledger.transaction(async tx => {
    await serialiseTaking(tx)
    const [holder] = await heldLocks(tx, {name: lock})
    if (!holder) throw new Refusal('not-found', `Nobody holds ${lock}.`, {remedies: ['selfhelp run list']})
    const row = await runById(tx, holder.run)
    const message = `taken over by ${by.operator}${by.reason ? `: ${by.reason}` : ''}`
    await supersedeRun(tx, holder.run, {
      exit: 4,
      way: row.stopped?.way ?? 'forward',
      trouble: {kind: 'refusal', code: 'epoch-superseded', message},
    })
    // The run's row before its locks, as everybody takes them: so nobody waits for each other in a circle.
    const revoked = await revokeLocks(tx, holder.run)
    await kernel.journal(tx, {
      kind: 'lock',
      tenant: row.tenant,
      subject: lock,
      run: holder.run,
      operator: by.operator,
      reason: by.reason,
      ticket: by.ticket,
      result: 'taken-over',
      body: {from: holder.owner, machine: holder.machine, pid: holder.pid, revoked, request: by.request},
      signature: by.signature,
    })
    return {holder, revoked}
  })
  const fences = revoked.map(({name, epoch}) => ({lock: name, run: holder.run, epoch}))
  const unheard = await announce(kernel, fences)
  const epoch = revoked.find(({name}) => name === lock)?.epoch ?? 0
  return {lock, run: holder.run, owner: holder.owner, epoch, unheard}
}
