import type {Clock} from '../clock.ts'
import type {Ledger} from '../ledger/ledger.ts'
import {type RunRow, runById, stepsOfRun, unfinished} from '../ledger/run.ts'
import type {End, RunEvent} from '../runbook/model.ts'
import {isDead} from '../runbook/take.ts'

export interface Watching {
  readonly clock: Clock
  /** How many steps it has, for `3/15`. */
  readonly of: number
  readonly signal: AbortSignal
  tell(event: RunEvent): void
}

const everyMilliseconds = 500
/** A worker takes over what a dead process left within a second or two. */
const patience = 20
const abandoned: End = {
  state: 'stopped',
  stopped: {
    exit: 4,
    way: 'forward',
    trouble: {kind: 'failure', code: 'run-stopped', message: 'its process is gone, and no worker goes on with it'},
  },
}

/** Tells what another process does with a run, until it ends, stops, or the signal fires (then undefined). */
export async function watchRun(
  ledger: Ledger,
  id: string,
  {clock, of, signal, tell}: Watching,
): Promise<End | undefined> {
  const known = new Map<number, string>()
  let unfollowed = 0
  for (;;) {
    // The state first: what the steps say afterwards is not older.
    const row = await runById(ledger, id)
    for (const {position, name, state} of await stepsOfRun(ledger, id)) {
      if (known.get(position) === state) continue
      known.set(position, state)
      tell({kind: 'step', run: id, position, of, name, state})
    }
    unfollowed = row.executor !== undefined && (await isDead(ledger, row.executor)) ? unfollowed + 1 : 0
    const end = unfollowed > patience ? abandoned : endOf(row)
    if (end || signal.aborted) return end
    await clock.sleep(everyMilliseconds)
  }
}

function endOf({state, stopped}: RunRow): End | undefined {
  if (state === 'done') return {state}
  if (state !== 'stopped' && unfinished.includes(state)) return undefined
  const unknown = {
    exit: 1,
    way: 'forward',
    trouble: {kind: 'bug', code: 'bug', message: 'nobody wrote down why'},
  } as const
  return {state: state as 'stopped' | 'undone' | 'abandoned', stopped: stopped ?? unknown}
}
