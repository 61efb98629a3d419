import type {Clock} from '../clock.ts'
import {type Contract, subscribed} from '../contract/model.ts'
import {contractIn} from '../contract/steps.ts'
import {asEnvironment} from '../environment/model.ts'
import {parseEnvironment} from '../environment/steps.ts'
import {Refusal} from '../error.ts'
import {environmentsOf} from '../ledger/environment.ts'
import type {Ledger} from '../ledger/ledger.ts'
import {unfinishedRun} from '../ledger/run.ts'
import {neededTenant, type TenantRow, tenantNamed} from '../ledger/tenant.ts'
import {decide, parseHosts, refuseOtherName} from './decide.ts'
import type {TenantInput, TenantTyped} from './model.ts'
import {sameContract} from './record.ts'

export interface Beginning {
  readonly ledger: Ledger
  readonly clock: Clock
  /** The release new environments get: the newest one. */
  newestRelease(): Promise<string>
}

/** What was typed, read. Throws `input-invalid` with every problem, `tenant-differs` for another name than the contract's. */
export async function typedTenant(words: {name: string; file: string; hosts: readonly string[]}): Promise<TenantTyped> {
  const hosts = parseHosts(words.hosts)
  const contract = await contractIn(words.file)
  refuseOtherName(contract, words.name)
  return {contract, hosts}
}

/**
 * What the run of `tenant create` works on: that of its unfinished run when the same was typed, nothing when it is done
 * already, else new decisions. Throws `tenant-differs`, `placement-refused`, `label-reserved`.
 */
export async function beginTenant(beginning: Beginning, typed: TenantTyped): Promise<TenantInput | undefined> {
  const {ledger, clock} = beginning
  const {tenant, timeZone} = typed.contract
  const before = await unfinishedRun(ledger, 'tenant-create', tenant)
  const input = before?.input as TenantInput | undefined
  if (input !== undefined && sameContract(typedOf(input), typed)) return input
  if (input === undefined && (await isMade(ledger, typed))) return undefined
  const on = clock.now().toZonedDateTimeISO(timeZone).toPlainDate()
  const version = await beginning.newestRelease()
  return {...typed, environments: await decide({ledger, on, version}, typed)}
}

/**
 * What the run of `environment add` works on, as `beginTenant` does. Throws `environment-unsubscribed` (R037),
 * `not-found`, `placement-refused`.
 */
export async function beginEnvironment(
  beginning: Beginning,
  words: {environment: string; hosts: readonly string[]},
): Promise<TenantInput | undefined> {
  const {ledger, clock} = beginning
  const hosts = parseHosts(words.hosts)
  const {tenant, name} = parseEnvironment(words.environment)
  const before = await unfinishedRun(ledger, 'environment-add', `${tenant}/${name}`)
  const {contract, timeZone} = (await neededTenant(ledger, tenant)) as TenantRow & {contract: Contract}
  const input = before?.input as TenantInput | undefined
  if (input !== undefined && sameContract(typedOf(input), {contract, hosts})) return input
  if (contract.environments[name] === undefined) throw unsubscribed(tenant, name, contract)
  if (input === undefined && (await environmentsOf(ledger, tenant)).some(row => row.name === name)) return undefined
  const on = clock.now().toZonedDateTimeISO(timeZone).toPlainDate()
  const version = await beginning.newestRelease()
  return {contract, hosts, environments: await decide({ledger, on, version}, {contract, hosts}, [name])}
}

function unsubscribed(tenant: string, name: string, contract: Contract): Refusal {
  const has = subscribed(contract)
  return new Refusal('environment-unsubscribed', `The contract of ${tenant} does not subscribe ${name} (R037).`, {
    facts: {tenant, environment: name, subscribed: has},
    remedies: [
      `It subscribes ${has.join(', ')}; for another one, first: selfhelp contract update ${tenant} --contract FILE --reason TEXT`,
    ],
  })
}

function typedOf({contract, hosts}: TenantInput): TenantTyped {
  return {contract, hosts}
}

/** True when it is there as typed. Throws `Refusal('tenant-differs')` when it is there otherwise. */
async function isMade(ledger: Ledger, {contract, hosts}: TenantTyped): Promise<boolean> {
  const known = await tenantNamed(ledger, contract.tenant)
  if (known === undefined) return false
  const environments = (await environmentsOf(ledger, contract.tenant)).map(asEnvironment)
  const elsewhere = Object.entries(hosts).filter(
    ([role, host]) => !environments.every(({placed}) => placed.some(one => one.role === role && one.host === host)),
  )
  if (sameContract(known.contract, contract) && elsewhere.length === 0) return true
  const why =
    elsewhere.length > 0
      ? `on other hosts than ${elsewhere.map(([, host]) => host).join(', ')}`
      : 'with another contract'
  throw new Refusal('tenant-differs', `Tenant ${contract.tenant} was made before, ${why}; nothing was changed.`, {
    facts: {tenant: contract.tenant, createdAt: known.createdAt.toString()},
    remedies: [
      `selfhelp tenant show ${contract.tenant}`,
      `selfhelp contract update ${contract.tenant} --contract FILE --reason TEXT`,
    ],
  })
}
