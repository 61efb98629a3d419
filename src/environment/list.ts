import {Refusal} from '../error.ts'
import {environmentsOf} from '../ledger/environment.ts'
import type {Ledger} from '../ledger/ledger.ts'
import {asEnvironment, type Environment, type EnvironmentShown, shownEnvironment} from './model.ts'
import {parseEnvironment} from './name.ts'

/** Environments of a tenant, or all of them. */
export async function listEnvironments(
  ledger: Ledger,
  {tenant, caFile}: {tenant?: string | undefined; caFile: string},
): Promise<{items: readonly EnvironmentShown[]}> {
  const rows = await environmentsOf(ledger, tenant)
  return {items: rows.map(row => shownEnvironment(asEnvironment(row), caFile))}
}

/** The environment typed as TENANT/NAME. Throws `Refusal('not-found')`. */
export async function environmentNamed(ledger: Ledger, typed: string): Promise<Environment> {
  const {tenant, name} = parseEnvironment(typed)
  const found = (await environmentsOf(ledger, tenant)).find(row => row.name === name)
  if (found) return asEnvironment(found)
  throw new Refusal('not-found', `There is no environment ${typed}.`, {
    facts: {environment: typed},
    remedies: [`selfhelp environment list --tenant ${tenant}`, `selfhelp environment add ${typed}`],
  })
}
