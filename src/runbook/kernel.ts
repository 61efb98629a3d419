import type {Clock} from '../clock.ts'
import type {Ledger, Queries} from '../ledger/ledger.ts'
import type {Fence} from '../machine/model.ts'
import type {Executor} from './executor.ts'
import type {MayStart} from './model.ts'
import type {Registry} from './registry.ts'

/** What following runs needs of the world; made once per process. */
export interface Kernel {
  readonly ledger: Ledger
  readonly clock: Clock
  /** 0 to 1. */
  random(): number
  readonly executor: Executor
  readonly runbooks: Registry
  readonly mayStart: MayStart
  /** Refuses a run that its operator did not sign: whoever can write to the ledger cannot make a worker do things. */
  verify(signed: {readonly request: unknown; readonly signature: string}): Promise<void>
  /** Writes to the journal, in the transaction that makes it true. */
  journal(tx: Queries, entry: RunEntry): Promise<void>
  /** Tells a host of a new epoch, so that it refuses the old executor before the new one does anything. */
  announce(host: string, fence: Fence): Promise<void>
}

/** What a run leaves in the journal: one entry for each step and each change of its state. */
export interface RunEntry {
  readonly kind: 'run' | 'step' | 'lock'
  readonly tenant: string | undefined
  readonly subject: string
  readonly run: string
  readonly step?: string
  readonly operator: string
  readonly reason: string | undefined
  readonly ticket?: string | undefined
  readonly planHash?: string
  readonly result: string
  readonly body: Readonly<Record<string, unknown>>
  /** Of the request, on the entry that says a run was asked for. */
  readonly signature?: string
}
