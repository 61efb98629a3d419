import type {Ledger} from '../../src/ledger/ledger.ts'
import type {Runbook} from '../../src/runbook/model.ts'

/** Where a trial keeps its world. */
export interface Place {
  readonly ledger: Ledger
  readonly folder: string
}

/** A runbook with its world, kept where processes that are killed leave it. */
export interface Killable {
  readonly runbook: Runbook
  /** The input of a run, made once. */
  begin(): Promise<unknown>
  /** What is true, as data that can be compared. */
  state(): Promise<unknown>
  /** How often each effect of this run happened; what may happen again left out. */
  effects(run: string): Promise<Readonly<Record<string, number>>>
}

/** Where such a one is made: a module, and the function in it that takes a `Place` (`killable` when none is named). */
export interface Trying {
  readonly module: string
  readonly name?: string
}

/** Makes it here: each process that is killed makes its own of the same place. */
export async function tryingAt({module, name = 'killable'}: Trying, place: Place): Promise<Killable> {
  const made: Record<string, (place: Place) => Killable> = await import(module)
  const make = made[name]
  if (!make) throw new RangeError(`${module} has no ${name}`)
  return make(place)
}
