export type RunState = 'queued' | 'running' | 'stopped' | 'undoing' | 'undone' | 'done' | 'abandoned'

export type StepState = 'making' | 'held' | 'made' | 'failed' | 'undone' | 'undo-failed'

/** An error as the ledger keeps it. */
export interface Trouble {
  readonly kind: 'usage' | 'refusal' | 'failure' | 'bug' | 'interrupted'
  readonly code: string
  readonly message: string
  readonly facts?: Readonly<Record<string, unknown>>
  readonly remedies?: readonly string[]
}

/** Which way a run goes: to its end, or back to where it began. */
export type Way = 'forward' | 'undone' | 'abandoned'

/** Why a run stands still, or went back: what `run show` tells. */
export interface Stopped {
  /** 1, 4, 6 or 130; 3 while it goes back. */
  readonly exit: number
  /** Where; none when it stopped before its first step. */
  readonly step?: string
  readonly trouble: Trouble
  /** Resuming goes on this way. */
  readonly way: Way
}

/** What the ledger knows of one step of one run. */
export interface StepRecord {
  readonly position: number
  readonly name: string
  readonly state: StepState
  /** Set on a failed step. */
  readonly trouble?: Trouble
  /** Set when it failed while it was only asked: nothing was begun. */
  readonly untouched?: true
  /** Set on a step that opened a bracket: when the far side closes it by itself. */
  readonly until?: string
  /** Set on a step that closed one: the name of the step that opened it. */
  readonly closes?: string
}
