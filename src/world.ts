import type {Clock} from './clock.ts'
import type {Ways} from './host/ways.ts'
import type {Anchors} from './ledger/anchor.ts'
import type {Ledger} from './ledger/ledger.ts'
import type {SecretStore} from './ledger/secret-store.ts'
import type {Machine} from './machine/model.ts'
import type {Request, Signed} from './operator/model.ts'
import type {Mutating} from './operator/mutate.ts'
import type {MayStart} from './runbook/model.ts'
import type {Interruption} from './terminal/interruption.ts'
import type {Progress} from './terminal/progress.ts'
import type {Streams} from './terminal/streams.ts'

/**
 * The collaborators, made once per command and passed in. Each heavy part is a function that imports and opens
 * what it needs at its first call; `close` ends what was opened.
 */
export interface World {
  readonly clock: Clock
  readonly env: NodeJS.ProcessEnv
  /** `SELFHELP_HOME`: keys, the private ledger, caches. */
  readonly home: string
  readonly streams: Streams
  readonly progress: Progress
  readonly interruption: Interruption
  /** All that is done to the ledger will be taken back: what cannot be must not be done. */
  readonly rehearsal: boolean
  /** Opens the ledger at the first call. Refusals `ledger-missing` and `ledger-too-new`. */
  ledger(): Promise<Ledger>
  /** Secrets by name. Refusal `secret-key-missing` at the first use without the key file. */
  secrets(): Promise<SecretStore>
  /** What stands in the ledger as this control plane put it there. Refusal `secret-key-missing` as `secrets`. */
  anchors(): Promise<Anchors>
  /** Does the work between two entries of the journal: that it was asked, signed as by `sign`, and what came of it. */
  mutate<T>(asked: Mutation, work: (signed: Signed) => Promise<T>): Promise<T>
  /** The ways into hosts with the control plane's key. Refusal `ledger-missing` before `init`. */
  ways(): Promise<Ways>
  /** A host of the ledger; its connection is opened once and closed with the world. Refusal `not-found`. */
  machine(host: string): Promise<Machine>
  /** Begins to connect to hosts that will be asked soon; whatever is in the way, the first question says it. */
  warm(hosts: readonly string[]): void
  /**
   * The request under its operator's signature, made once; `machine` for what nobody typed.
   * Refusals `operator-key-missing` and `operator-unknown`.
   */
  sign(request: Request, as?: 'machine'): Promise<Signed>
  /** Refusal `signature-invalid` when that operator did not sign this, or had been retired. */
  verify(request: Signed['request'], signature: string): Promise<void>
  /** The calendar: Refusals `calendar-refused` and `calendar-needs`. */
  readonly mayStart: MayStart
  /** Leaves a run to a worker, signed by the machine operator; gives its name. */
  enqueue(asked: Enqueued): Promise<string>
  close(): Promise<void>
}

/** A run that nobody typed. */
export interface Enqueued {
  readonly runbook: string
  readonly input: unknown
  /** As its signature has it. */
  readonly command: string
  readonly reason: string
}

/** What is asked, and about what. */
export type Mutation = Pick<Mutating, 'subject' | 'tenant'> & {readonly request: Request}
