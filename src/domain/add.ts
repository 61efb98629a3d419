import {asciiName} from '../certificate/steps.ts'
import type {Clock} from '../clock.ts'
import type {Contract} from '../contract/model.ts'
import {type Environment, fullName} from '../environment/model.ts'
import {environmentNamed} from '../environment/steps.ts'
import {Refusal} from '../error.ts'
import {domains, insertDomain, type NameOwner, noteVerified, ownerOfName} from '../ledger/domain.ts'
import type {Ledger} from '../ledger/ledger.ts'
import {setting} from '../ledger/setting.ts'
import {tenantNamed} from '../ledger/tenant.ts'
import {shownDomain} from './list.ts'
import type {DomainShown} from './model.ts'
import {verified} from './verify.ts'

export interface DomainTyped {
  /** `acme`, which is its production, or `acme/qualification`. */
  readonly target: string
  readonly name: string
  readonly face: 'presentation' | 'edition'
  /** Asked instead of the machine's own name servers. */
  readonly server?: string | undefined
  readonly plan: boolean
}

export interface DomainAdded {
  readonly domain: DomainShown
  readonly verified: boolean
  readonly found: string
}

/**
 * Puts a customer's own name on record and asks DNS whether it leads to us (R027). It is served, beside ours, once it has a
 * certificate. Throws `Refusal('domain-refused')` with every objection at once, `Refusal('not-found')`.
 */
export async function addDomain(
  {ledger, clock}: {ledger: Ledger; clock: Clock},
  typed: DomainTyped,
): Promise<DomainAdded> {
  const {target, face, server, plan} = typed
  const environment = await environmentNamed(ledger, target.includes('/') ? target : `${target}/production`)
  const name = asciiName(typed.name).toLowerCase()
  const objections = await objectionsTo(ledger, {name, face}, environment)
  if (objections.length > 0) {
    throw new Refusal(
      'domain-refused',
      `${name} cannot be a name of ${fullName(environment)}: ${objections.join('; ')}.`,
      {
        facts: {name, environment: fullName(environment), objections},
        remedies: ['selfhelp domain list', `selfhelp contract update ${environment.tenant} --contract FILE`],
      },
    )
  }
  const seen = await verified(name, environment, {face, server})
  if (!plan) {
    await insertDomain(ledger, {name, id: environment.id, face})
    if (seen.verified) await noteVerified(ledger, name, clock.now())
  }
  const row = (await domains(ledger, environment.tenant)).find(one => one.name === name)
  const about = {name, tenant: environment.tenant, id: environment.id, environment: fullName(environment), face}
  const known = row ?? {...about, verifiedAt: undefined, notAfter: undefined}
  return {domain: shownDomain(known, environment), ...seen}
}

/** A name is of one environment; within a tenant it can move. */
function takenBy(owner: NameOwner, wanted: Environment, face: DomainTyped['face']): readonly string[] {
  const {tenant, environment, own} = owner
  const here = `${tenant}/${environment}`
  if (tenant !== wanted.tenant || !own) return [`it is a name of ${tenant}`]
  if (here === fullName(wanted) && owner.face === face) return []
  return [`it is a name of ${here} already (${owner.face}); take it away there first: selfhelp domain remove`]
}

async function objectionsTo(
  ledger: Ledger,
  {name, face}: Pick<DomainTyped, 'name' | 'face'>,
  environment: Environment,
): Promise<readonly string[]> {
  const {tenant} = environment
  const [base, owner, row] = await Promise.all([
    setting(ledger, 'base-domain'),
    ownerOfName(ledger, name),
    tenantNamed(ledger, tenant),
  ])
  const contract = row?.contract as Contract | undefined
  return [
    ...(base !== undefined && (name === base || name.endsWith(`.${base}`))
      ? [`names below ${base} are given, not brought (R009)`]
      : []),
    ...(owner === undefined ? [] : takenBy(owner, environment, face)),
    ...(contract?.options.ownDomain === false ? ['the contract has no own domain (options.ownDomain)'] : []),
  ]
}
