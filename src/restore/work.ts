import {Temporal} from 'temporal-polyfill'
import type {Goal} from '../backup/steps.ts'
import type {Maskable} from '../contract/model.ts'
import type {Environment} from '../environment/model.ts'
import type {Platform} from '../environment/steps.ts'
import type {RestoreState} from '../ledger/restore.ts'

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

/** What the steps of one restore share. */
export interface Work {
  readonly platform: Platform
  readonly input: RestoreInput
  readonly which: () => Promise<Environment>
}

export interface CopyWork extends Work {
  readonly input: CopyInput
  /** Whose backups it comes from. */
  readonly source: () => Promise<Environment>
}

/** The goal as the engine takes it. */
export function goalOf({goal}: RestoreInput): Goal {
  return goal.kind === 'point' ? goal : {kind: 'time', at: Temporal.Instant.from(goal.at)}
}
