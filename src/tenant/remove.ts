import {backupsGone} from '../backup/steps.ts'
import {asEnvironment} from '../environment/model.ts'
import {
  answers,
  environmentLock,
  environmentsNamed,
  forgetCertificates,
  foundations,
  meanwhile,
  names,
  type Platform,
  removeSecrets,
  schemas,
} from '../environment/steps.ts'
import {Refusal} from '../error.ts'
import {linksSecret} from '../ledger/document.ts'
import {environmentsOf} from '../ledger/environment.ts'
import type {Ledger} from '../ledger/ledger.ts'
import {unfinishedRun} from '../ledger/run.ts'
import {deleteTenant, neededTenant, tenantNamed} from '../ledger/tenant.ts'
import {vpns} from '../ledger/vpn.ts'
import type {Runbook, Undo} from '../runbook/model.ts'
import {during, type Fact, runbook, step} from '../runbook/step.ts'
import {transfersGone} from '../transfer/steps.ts'
import {farewellKept} from './farewell.ts'

export interface RemoveInput {
  readonly tenant: string
  readonly environments: readonly {readonly id: string; readonly name: string}[]
  /** Where the farewell goes; none is the home of the control plane. */
  readonly repository?: string
  readonly home: string
  /** ISO 8601. */
  readonly keep: string
}

const forGood: {undo: Undo} = {
  undo: {kind: 'never', because: 'its services are going away', document: 'docs/runbooks/tenant-remove.md'},
}

/** A tenant goes: what is kept first, what people see next, what it stood on last. */
export function tenantRemove(platform: Platform): Runbook<RemoveInput> {
  return runbook<RemoveInput>({
    id: 'tenant-remove',
    change: 'provision',
    title: ({tenant}) => `remove tenant ${tenant}`,
    subject: ({tenant}) => tenant,
    tenant: ({tenant}) => tenant,
    environments: ({tenant, environments}) => environments.map(({name}) => `${tenant}/${name}`),
    locks: ({environments, repository}) => [
      ...environments.map(({id}) => environmentLock(id)),
      ...(repository && environments[0] ? [`host:${repository}/${environments[0].id}`] : []),
    ],
    steps: input => steps(platform, input),
  })
}

function steps(platform: Platform, input: RemoveInput) {
  const {tenant, environments, repository, home, keep} = input
  const all = environmentsNamed(
    platform,
    tenant,
    environments.map(({id}) => id),
  )
  const kept = repository ? {host: repository, lock: `host:${repository}/${environments[0]?.id}`} : undefined
  // What is written after the dump would be lost.
  const {open, close} = meanwhile(platform, all, {mode: 'read-only', atMost: 'PT30M'})
  return [
    ...during('writes-are-stopped', open, close, [
      step('farewell-is-kept', farewellKept(platform, all, {tenant, repository: kept, home, keep}), {within: 'PT10M'}),
      step('names-are-not-served', names(platform, all).gone, forGood),
    ]),
    step('services-are-gone', answers(platform, all).gone),
    step('unit-files-are-gone', schemas(platform, all).gone),
    step('backups-are-gone', backupsGone(platform, all), {within: 'PT5M'}),
    step('transfers-are-gone', transfersGone(platform, all)),
    step('databases-are-gone', foundations(platform, all).gone, {within: 'PT10M'}),
    step('ledger-has-forgotten', forgotten(platform, tenant)),
  ]
}

function forgotten(platform: Platform, tenant: string): Fact {
  const {ledger, secrets} = platform
  return {
    holds: async () => (await tenantNamed(ledger, tenant)) === undefined,
    make: async () => {
      for (const environment of (await environmentsOf(ledger, tenant)).map(asEnvironment)) {
        await forgetCertificates(platform, environment)
        await removeSecrets(environment, secrets)
      }
      await secrets.remove(linksSecret(tenant))
      await deleteTenant(ledger, tenant)
    },
  }
}

/** The input of a removal: that of an unfinished one, else what there is now. Throws `Refusal('not-found')`. */
export async function readyToRemove(
  ledger: Ledger,
  tenant: string,
  {home, keep}: {home: string; keep: string},
): Promise<RemoveInput> {
  const before = await unfinishedRun(ledger, 'tenant-remove', tenant)
  if (before) return before.input as RemoveInput
  await neededTenant(ledger, tenant)
  await refuseVpns(ledger, tenant)
  const environments = (await environmentsOf(ledger, tenant)).map(asEnvironment)
  const repository = environments.flatMap(({placed}) => placed).find(({role}) => role === 'repository')?.host
  const rows = environments.map(({id, name}) => ({id, name}))
  return {tenant, environments: rows, home, keep, ...(repository === undefined ? {} : {repository})}
}

/** `30d` as ISO 8601. Throws `Refusal('input-invalid')`. */
export function daysKept(typed: string): string {
  const [, days] = /^([1-9]\d{0,3})d$/.exec(typed) ?? []
  if (days !== undefined) return `P${days}D`
  throw new Refusal('input-invalid', `--keep takes days, as in 30d; not ${JSON.stringify(typed)}.`, {
    facts: {typed},
    remedies: ['--keep 30d'],
  })
}

/** Tunnels stand on gateways, which a removal of environments does not see. */
async function refuseVpns(ledger: Ledger, tenant: string): Promise<void> {
  const found = (await vpns(ledger, tenant)).map(({site}) => `${tenant}/${site}`)
  if (found.length === 0) return
  throw new Refusal('vpn-unfit', `${tenant} still has the VPN ${found.join(', ')}; nothing was removed.`, {
    facts: {vpns: found},
    remedies: found.map(name => `selfhelp vpn remove ${name} --confirm ${name}`),
  })
}
