import {Temporal} from 'temporal-polyfill'
import type {Goal} from '../backup/steps.ts'
import type {Maskable} from '../contract/model.ts'
import type {Environment} from '../environment/model.ts'
import type {Listening, Platform} from '../environment/steps.ts'
import {changeRestore, type RestoreState, restoreById} from '../ledger/restore.ts'
import type {At} from '../runbook/model.ts'

export interface RestoreInput {
  /** Of the request. */
  readonly restore: string
  readonly id: string
  readonly tenant: string
  readonly name: string
  /** Of its database. */
  readonly host: string
  readonly set: string
  readonly timeline: number
  /** RFC 3339, or the name of a restore point. */
  readonly goal: {readonly kind: 'time'; readonly at: string} | {readonly kind: 'point'; readonly name: string}
  /** In which states the request must be, and what it is when this is done. */
  readonly from: readonly RestoreState[]
  readonly to: RestoreState
}

/** A restore of production into another environment: `id`, `name` and `host` are of the one that gets it. */
export interface CopyInput extends RestoreInput {
  readonly goal: {readonly kind: 'time'; readonly at: string}
  readonly from: readonly RestoreState[]
  readonly source: {readonly id: string; readonly name: string}
  /** What nobody is to recognise in it, as the contract said when it was begun. */
  readonly masking: readonly Maskable[]
}

/** How long people are kept out at the most; then the services open by themselves. */
export const closedAtMost = 'PT4H'

/** Where a run keeps what it found out, for whoever resumes it. */
export interface Kept {
  detail(): Promise<Readonly<Record<string, unknown>>>
  keep(detail: Readonly<Record<string, unknown>>): Promise<void>
}

/** An environment, and what is found out about it on the way. */
export interface Safe {
  readonly platform: Platform
  readonly which: () => Promise<Environment>
  readonly kept: Kept
}

/** What is laid out beside the real data, and from what. */
export type Target = Pick<RestoreInput, 'restore' | 'set' | 'timeline' | 'goal'>

/** What going to another state of the data needs. */
export interface Going extends Safe {
  readonly input: Target
}

/** What the steps of one restore share. */
export interface Work extends Going {
  readonly input: RestoreInput
}

/** Beside its request. */
export function keptIn({ledger}: Platform, restore: string): Kept {
  return {
    detail: async () => (await restoreById(ledger, restore))?.detail ?? {},
    keep: async detail => void (await changeRestore(ledger, {id: restore, from: ['running']}, {detail})),
  }
}

/** What laying a copy beside another environment needs. */
export interface Copying extends Pick<Safe, 'platform' | 'which'> {
  readonly input: Target & Pick<CopyInput, 'masking'>
  /** Whose backups it comes from. */
  readonly source: () => Promise<Environment>
  /** Looks at it when it is open, with everything in it; what it throws ends the copy. */
  look?(listening: Listening, at: At): Promise<void>
}

export interface CopyWork extends Work, Pick<Copying, 'source'> {
  readonly input: CopyInput
}

/** The goal as the engine takes it. */
export function goalOf({goal}: Target): Goal {
  return goal.kind === 'point' ? goal : {kind: 'time', at: Temporal.Instant.from(goal.at)}
}
