import {backupActivation, type Word} from '../backup/steps.ts'
import {asEnvironment, type Environment, fullName, hostOf} from '../environment/model.ts'
import {environmentLock, type Platform, parseEnvironment} from '../environment/steps.ts'
import {Bug, Refusal} from '../error.ts'
import {environmentsOf, moveOnePhase} from '../ledger/environment.ts'
import type {Ledger} from '../ledger/ledger.ts'
import {contactOf, tenantNamed} from '../ledger/tenant.ts'
import type {Runbook, Step} from '../runbook/model.ts'
import {type Fact, runbook, step} from '../runbook/step.ts'

export interface ActivateInput extends Word {
  readonly id: string
  readonly tenant: string
  readonly name: string
  /** Of its database. */
  readonly host: string
}

/** What begins when an environment goes into service, all of it or nothing (R124). */
type Activation = (platform: Platform, which: () => Promise<Environment>, word: Word) => readonly Step[]

/** Each adds its steps; the phase comes after the last. */
const activations: readonly Activation[] = [backupActivation]

/** An environment goes into service: what protects it runs and is proven, then its phase says so (R123, R124). */
export function environmentActivate(platform: Platform): Runbook<ActivateInput> {
  return runbook<ActivateInput>({
    id: 'environment-activate',
    change: 'provision',
    title: ({tenant, name}) => `activate ${tenant}/${name}`,
    subject: ({tenant, name}) => `${tenant}/${name}`,
    tenant: ({tenant}) => tenant,
    environments: ({tenant, name}) => [`${tenant}/${name}`],
    locks: ({id, host}) => [environmentLock(id), `drill:${host}`],
    steps: input => {
      const which = () => named(platform, input)
      return [
        ...activations.flatMap(activation => activation(platform, which, input)),
        step('phase-is-production', inService(platform, which)),
      ]
    },
  })
}

/**
 * What the run works on, or undefined when it is in service already. Throws `not-found`, `contact-unfit` (R123),
 * `backup-inactive` for what is never put into service or was not handed over yet.
 */
export async function readyToActivate(
  ledger: Ledger,
  {environment, by, request}: {environment: string; by: string; request: string},
): Promise<ActivateInput | undefined> {
  const {tenant, name} = parseEnvironment(environment)
  const found = (await environmentsOf(ledger, tenant)).map(asEnvironment).find(one => one.name === name)
  if (found === undefined || (await tenantNamed(ledger, tenant)) === undefined)
    throw new Refusal('not-found', `There is no environment ${environment}.`, {remedies: ['selfhelp environment list']})
  await refuseUnfit(ledger, {tenant, by})
  if (name !== 'production') throw notProduction(found)
  if (found.phase === 'production') return undefined
  if (found.phase === 'installation') throw notHandedOver(found)
  return {id: found.id, tenant, name, host: hostOf(found, 'database'), by, request}
}

async function named({ledger}: Platform, {id, tenant, name}: ActivateInput): Promise<Environment> {
  const found = (await environmentsOf(ledger, tenant)).map(asEnvironment).find(one => one.id === id)
  if (found === undefined) throw new Bug(`${tenant}/${name} went away while it was activated`)
  return found
}

function inService({ledger}: Platform, which: () => Promise<Environment>): Fact {
  return {
    holds: async () => (await which()).phase === 'production',
    make: async () => moveOnePhase(ledger, (await which()).id, {from: 'implementation', to: 'production'}),
  }
}

async function refuseUnfit(ledger: Ledger, {tenant, by}: {tenant: string; by: string}): Promise<void> {
  const contact = await contactOf(ledger, tenant, by)
  if (contact?.roles.includes('decision')) return
  const why = contact === undefined ? `has no contact ${by}` : `gave ${by} no decision role`
  throw new Refusal(
    'contact-unfit',
    `Tenant ${tenant} ${why}; going into service is asked by a contact with it (R123).`,
    {
      facts: {tenant, by, roles: contact?.roles},
      remedies: [`selfhelp tenant show ${tenant}`],
    },
  )
}

function notProduction(environment: Environment): Refusal {
  const name = fullName(environment)
  return new Refusal('backup-inactive', `${name} is never put into service: only production is (R228).`, {
    facts: {environment: name},
    remedies: [`selfhelp environment activate ${environment.tenant}/production`],
  })
}

function notHandedOver(environment: Environment): Refusal {
  const name = fullName(environment)
  return new Refusal('backup-inactive', `${name} is still being installed; it goes into service after its hand-over.`, {
    facts: {environment: name, phase: environment.phase},
    remedies: [`selfhelp tenant hand-over ${environment.tenant} --by CONTACT`],
  })
}
