import type {Temporal} from 'temporal-polyfill'
import type {RunState, StepRecord, StepState, Stopped} from '../ledger/run-record.ts'
import type {Fence} from '../machine/model.ts'

/** What a change is to the calendar, which has a row of rules for each. A new or other certificate is `configuration`. */
export type ChangeType =
  | 'provision'
  | 'backup'
  | 'drill'
  | 'certificate-renewal'
  | 'security-fix'
  | 'incident-fix'
  | 'restore'
  | 'certificate-expiring'
  | 'os-patch'
  | 'configuration'
  | 'scale'
  | 'migration'

/** One named fact. At-least-once: what it does twice must be as if done once. */
export interface Step {
  /** What will be true, in words with dashes: `backup-is-restorable`. */
  readonly name: string
  /** Asks; changes nothing. True also when somebody else made it so. */
  holds(at: At): Promise<boolean>
  /** Makes it so. Afterwards `holds` must be true, else it is a Bug. */
  make(at: At): Promise<void>
  /** How to go back; without one, nothing needs undoing. */
  readonly undo?: Undo
  /** How long outside failures are retried before the run stops; ISO 8601, default PT2M. */
  readonly within?: string
  /** This step opens a bracket; until it is closed, resuming renews it by making it again. */
  readonly opens?: {readonly atMost: string}
  /** This step closes the bracket that the step of this name opened. */
  readonly closes?: string
}

export type Undo =
  | {readonly kind: 'by'; undo(at: At): Promise<void>}
  /** From here only forward; the document says what to do. */
  | {readonly kind: 'never'; readonly because: string; readonly document: string}

/** What a step gets when it is asked, made or undone. */
export interface At {
  readonly run: string
  readonly operator: string
  readonly reason: string | undefined
  /** The fence of a lock this run holds; a Bug when it does not hold it. */
  fence(lock: string): Fence
  /** A line for the person who watches. */
  tell(text: string): void
  readonly signal: AbortSignal
}

/** A procedure: building the steps does no I/O, so a plan can print them. */
export interface Runbook<I = unknown> {
  /** `tenant-create`; also the name of its page under docs/runbooks/. */
  readonly id: string
  /** The schedule may begin it and sign for it: it looks, proves or tidies, and nobody has to decide it. */
  readonly bySchedule?: true
  /** What it is to the calendar; of some only the input tells. */
  readonly change: ChangeType | ((input: I) => ChangeType)
  title(input: I): string
  /** What it is about (`acme`, `north-1`): one unfinished run per runbook and subject. */
  subject(input: I): string
  tenant(input: I): string | undefined
  /** `acme/production`, …: what the calendar is asked about. */
  environments(input: I): readonly string[]
  /**
   * Taken in sorted order, all or none: `environment:<id>`, `host:<name>`, and `host:<name>/<environment id>` for a host
   * an environment is being placed on (many may hold one, none beside `host:<name>`).
   */
  locks(input: I): readonly string[]
  steps(input: I): readonly Step[]
}

/** What a run of this input is to the calendar. */
export function changeOf<I>({change}: Pick<Runbook<I>, 'change'>, input: I): ChangeType {
  return typeof change === 'function' ? change(input) : change
}

/** Asked at enqueue and at start; never for resume and undo: half done is worse than late. */
export type MayStart = (change: ChangeType, environments: readonly string[], at: Temporal.Instant) => Promise<void>

export type {RunState, StepRecord, StepState, Stopped, Trouble, Way} from '../ledger/run-record.ts'

/** Progress as it happens; the CLI draws it, a pipe gets one line each. */
export type RunEvent =
  | {
      readonly kind: 'step'
      readonly run: string
      readonly position: number
      readonly of: number
      readonly name: string
      readonly state: StepState
    }
  | {readonly kind: 'told'; readonly run: string; readonly name: string; readonly text: string}
  | {
      readonly kind: 'retry'
      readonly run: string
      readonly name: string
      readonly why: string
      readonly inMilliseconds: number
    }
  | {readonly kind: 'run'; readonly run: string; readonly state: RunState}

/** How following ended. */
export type End =
  | {readonly state: 'done'}
  | {readonly state: 'undone' | 'abandoned' | 'stopped'; readonly stopped: Stopped}

/** What the ledger knows of one run; the only truth about which steps have passed. */
export interface Records {
  steps(): Promise<readonly StepRecord[]>
  /** Throws `Refusal('epoch-superseded')` when another executor follows the run now. */
  step(record: StepRecord): Promise<void>
  state(state: RunState, stopped?: Stopped): Promise<void>
}
