import type {Clock} from '../clock.ts'
import {CodedError, Refusal} from '../error.ts'
import {drillById, lastGoodDrills} from '../ledger/backup.ts'
import type {Ledger} from '../ledger/ledger.ts'
import type {DrillInput} from './drill.ts'
import {backedUp, dueForDrill, inputOf} from './ready.ts'
import type {Drilled} from './view.ts'

/** One that is this old is no proof any more. */
const days = 28

/** Which environments are meant. Throws `input-invalid` for none at all, `not-found`, `backup-inactive` (R120). */
export async function meantForDrill(
  {ledger, clock}: {ledger: Ledger; clock: Clock},
  asked: {readonly environment?: string | undefined; readonly all: boolean; readonly due: boolean},
): Promise<readonly DrillInput[]> {
  if (asked.environment !== undefined) return [inputOf(await backedUp(ledger, asked.environment))]
  if (!asked.all && !asked.due)
    throw new Refusal('input-invalid', 'No environment was named.', {remedies: ['Name one, or give --due or --all.']})
  const before = asked.all ? Number.POSITIVE_INFINITY : clock.now().subtract({hours: 24 * days}).epochMilliseconds
  return (await dueForDrill(ledger, {before, last: await lastGoodDrills(ledger)})).map(inputOf)
}

/** What came of each; one that fails does not keep the others from theirs, alone it is thrown. */
export async function drillAll(
  ledger: Ledger,
  inputs: readonly DrillInput[],
  execute: (input: DrillInput) => Promise<{run: string}>,
): Promise<readonly Drilled[]> {
  const done: Drilled[] = []
  for (const input of inputs) {
    const environment = `${input.tenant}/${input.name}`
    try {
      const {run} = await execute(input)
      done.push({environment, run, drill: await drillById(ledger, run)})
    } catch (error) {
      if (inputs.length === 1 || !(error instanceof CodedError) || error.kind === 'bug') throw error
      done.push({environment, drill: undefined, error: error.message})
    }
  }
  return done
}
