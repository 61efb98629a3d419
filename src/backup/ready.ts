import {asEnvironment, type Environment, fullName, hostOf} from '../environment/model.ts'
import {parseEnvironment} from '../environment/steps.ts'
import {Refusal} from '../error.ts'
import {environmentsOf} from '../ledger/environment.ts'
import type {Queries} from '../ledger/ledger.ts'
import type {DrillInput} from './drill.ts'

/** An environment that is backed up. Throws `not-found`, and `backup-inactive` for one that is not (R120). */
export async function backedUp(ledger: Queries, typed: string): Promise<Environment> {
  const {tenant, name} = parseEnvironment(typed)
  const found = (await environmentsOf(ledger, tenant)).map(asEnvironment).find(one => one.name === name)
  if (found === undefined)
    throw new Refusal('not-found', `There is no environment ${typed}.`, {remedies: ['selfhelp environment list']})
  if (found.archived && found.phase === 'production') return found
  throw new Refusal(
    'backup-inactive',
    `Backups of ${typed} are inactive (${found.phase}); only production is backed up (R120).`,
    {
      facts: {environment: typed, phase: found.phase},
      remedies: [`selfhelp environment activate ${tenant}/production --by CONTACT --request REF`],
    },
  )
}

/** What runs about one environment's backups work on. */
export function inputOf(environment: Environment): DrillInput {
  const {id, tenant, name} = environment
  return {id, tenant, name, host: hostOf(environment, 'database')}
}

/** Environments whose last good test restore is a month old, or that had none. */
export async function dueForDrill(
  ledger: Queries,
  {before, last}: {before: number; last: ReadonlyMap<string, {at: {epochMilliseconds: number}}>},
): Promise<readonly Environment[]> {
  const all = (await environmentsOf(ledger)).map(asEnvironment)
  return all
    .filter(({archived, phase}) => archived && phase === 'production')
    .filter(({id}) => (last.get(id)?.at.epochMilliseconds ?? 0) < before)
    .sort((a, b) => (fullName(a) < fullName(b) ? -1 : 1))
}
