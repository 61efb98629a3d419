import {environmentOfName} from '../certificate/steps.ts'
import {type Environment, hostsOf} from '../environment/model.ts'
import {certificates, environmentLock, knowingNames, type Platform, served, withdrawn} from '../environment/steps.ts'
import {Refusal} from '../error.ts'
import {deleteDomain, domains, keySecretsOfName} from '../ledger/domain.ts'
import type {Ledger} from '../ledger/ledger.ts'
import type {Runbook} from '../runbook/model.ts'
import {type Fact, runbook, step} from '../runbook/step.ts'

export interface DomainRemoveInput {
  readonly tenant: string
  /** Of the environment. */
  readonly id: string
  /** `acme/production` */
  readonly environment: string
  readonly hostname: string
}

/** A customer's own name goes; ours stays. */
export function domainRemove(platform: Platform): Runbook<DomainRemoveInput> {
  return runbook<DomainRemoveInput>({
    id: 'domain-remove',
    change: 'provision',
    title: ({hostname}) => `remove the name ${hostname}`,
    subject: ({hostname}) => hostname,
    tenant: ({tenant}) => tenant,
    environments: ({environment}) => [environment],
    locks: ({id}) => [environmentLock(id)],
    steps: input => [
      step('services-know-it-no-more', unknown(platform, input)),
      step('no-edge-serves-it', unserved(platform, input)),
      step('ledger-has-forgotten-it', forgotten(platform, input)),
    ],
  })
}

/** Throws `Refusal('not-found')`. */
export async function beginRemove(ledger: Ledger, hostname: string): Promise<DomainRemoveInput> {
  const row = (await domains(ledger)).find(({name}) => name === hostname)
  if (row) return {tenant: row.tenant, id: row.id, environment: row.environment, hostname}
  throw new Refusal('not-found', `No customer brought the name ${hostname} along.`, {
    remedies: ['selfhelp domain list'],
  })
}

/** The environment without the name. */
async function remaining(platform: Platform, input: DomainRemoveInput): Promise<Environment> {
  const environment = await environmentOfName(platform, input)
  return {...environment, domains: environment.domains.filter(({hostname}) => hostname !== input.hostname)}
}

/** People are sent elsewhere before it goes. */
function unknown(platform: Platform, input: DomainRemoveInput): Fact {
  return knowingNames(platform, async () => [await remaining(platform, input)])
}

function unserved(platform: Platform, input: DomainRemoveInput): Fact {
  const parts = async () => {
    const environment = await environmentOfName(platform, input)
    const without = await remaining(platform, input)
    const others = (await certificates(platform, environment)).filter(({hostname}) => hostname !== input.hostname)
    const edges = hostsOf(environment, 'edge')
    return Promise.all(
      edges.map(async edge => ({
        machine: await platform.machine(edge),
        wanted: [...served(without, others, edge), ...withdrawn(input.hostname)],
      })),
    )
  }
  const lock = environmentLock(input.id)
  return {
    holds: async at => {
      const plans = (await parts()).map(({machine, wanted}) => machine.plan(wanted, at.fence(lock)))
      return (await Promise.all(plans)).every(({changes}) => changes.length === 0)
    },
    make: async at => {
      await Promise.all((await parts()).map(({machine, wanted}) => machine.apply(wanted, {fence: at.fence(lock)})))
    },
  }
}

function forgotten({ledger, secrets}: Platform, {hostname}: DomainRemoveInput): Fact {
  return {
    holds: async () => !(await domains(ledger)).some(({name}) => name === hostname),
    make: async () => {
      for (const name of await keySecretsOfName(ledger, hostname)) await secrets.remove(name)
      await deleteDomain(ledger, hostname)
    },
  }
}
