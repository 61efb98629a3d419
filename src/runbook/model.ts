import type {Temporal} from 'temporal-polyfill'
import type {Fence} from '../machine/model.ts'

/** What a change is to the calendar; the calendar itself comes with the changes. */
export type ChangeType = 'provision' | 'scale' | 'configuration' | 'certificate' | 'os-patch' | 'backup' | 'host'

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
  readonly change: ChangeType
  title(input: I): string
  /** What it is about (`acme`, `north-1`): one unfinished run per runbook and subject. */
  subject(input: I): string
  tenant(input: I): string | undefined
  /** `acme/production`, …: what the calendar is asked about. */
  environments(input: I): readonly string[]
  /** `environment:<id>` or `host:<name>`, taken in sorted order. */
  locks(input: I): readonly string[]
  steps(input: I): readonly Step[]
}

/** Asked at enqueue and at start; never for resume and undo: half done is worse than late. */
export type MayStart = (change: ChangeType, environments: readonly string[], at: Temporal.Instant) => Promise<void>

export type RunState = 'queued' | 'running' | 'stopped' | 'undoing' | 'undone' | 'done' | 'abandoned'

export type StepState = 'making' | 'held' | 'made' | 'failed' | 'undone' | 'undo-failed'

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
