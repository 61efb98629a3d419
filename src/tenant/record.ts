import type {Contract} from '../contract/model.ts'
import {hostnamesOf, makeSecrets, type Platform, removeSecrets} from '../environment/steps.ts'
import {Refusal} from '../error.ts'
import {linksSecret} from '../ledger/document.ts'
import {deleteEnvironment, environmentsOf, insertEnvironment} from '../ledger/environment.ts'
import {deleteTenant, insertTenant, tenantNamed} from '../ledger/tenant.ts'
import type {Undo} from '../runbook/model.ts'
import type {Fact} from '../runbook/step.ts'
import type {Decided, TenantInput} from './model.ts'

/** The tenant, its contacts, environments, places, ports, names and secrets stand in the ledger. */
export function recorded(platform: Platform, input: TenantInput): Fact & {readonly undo: Undo} {
  const {ledger, secrets} = platform
  const {contract, environments} = input
  return {
    holds: async () => {
      const known = new Set((await environmentsOf(ledger, contract.tenant)).map(({id}) => id))
      return environments.every(({id}) => known.has(id)) && (await allSecrets(platform, environments))
    },
    make: async () => {
      await ledger.transaction(async tx => {
        if (!(await insertTenant(tx, contract))) await refuseOther(platform, contract)
        const known = new Set((await environmentsOf(tx, contract.tenant)).map(({id}) => id))
        for (const decided of environments) {
          if (!known.has(decided.id)) await insertEnvironment(tx, environmentRow(contract, decided))
        }
      })
      const authority = await platform.authority()
      for (const decided of environments) await makeSecrets(named(contract, decided), secrets, authority)
    },
    undo: {
      kind: 'by',
      undo: async () => {
        for (const decided of environments) await removeSecrets(decided, secrets)
        await ledger.transaction(async tx => {
          for (const {id} of environments) await deleteEnvironment(tx, id)
        })
        if ((await environmentsOf(ledger, contract.tenant)).length > 0) return
        await secrets.remove(linksSecret(contract.tenant))
        await deleteTenant(ledger, contract.tenant)
      },
    },
  }
}

async function refuseOther({ledger}: Platform, contract: Contract): Promise<void> {
  const known = await tenantNamed(ledger, contract.tenant)
  if (known === undefined || sameContract(known.contract, contract)) return
  throw new Refusal('tenant-differs', `There is a tenant ${contract.tenant} with another contract.`, {
    facts: {tenant: contract.tenant, createdAt: known.createdAt.toString()},
    remedies: [`selfhelp tenant show ${contract.tenant}`],
  })
}

/** Equal whatever the order of keys: what was stored as jsonb comes back in another. */
export function sameContract(a: unknown, b: unknown): boolean {
  return JSON.stringify(sorted(a)) === JSON.stringify(sorted(b))
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted)
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value).filter(([, one]) => one !== undefined)
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, one]) => [key, sorted(one)]))
}

async function allSecrets({secrets}: Platform, environments: readonly Decided[]): Promise<boolean> {
  for (const {id} of environments) if ((await secrets.get(`environment/${id}/database-key`)) === undefined) return false
  return true
}

function named(contract: Contract, {id, name, base}: Decided) {
  return {id, hostnames: hostnamesOf(contract.tenant, name, base)}
}

function environmentRow(contract: Contract, decided: Decided) {
  const {id, name, version, placed} = decided
  const {hostnames} = named(contract, decided)
  const topology = contract.environments[name]?.topology ?? 'single'
  return {id, tenant: contract.tenant, name, version, topology, placed, hostnames}
}
