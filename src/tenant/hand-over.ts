import {type Contract, missingStudy} from '../contract/model.ts'
import {asEnvironment, type Phase} from '../environment/model.ts'
import {environmentLock, environmentsNamed, opened, type Platform} from '../environment/steps.ts'
import {Refusal} from '../error.ts'
import {environmentsOf, movePhase} from '../ledger/environment.ts'
import type {Ledger} from '../ledger/ledger.ts'
import {contactOf, forgetHandOver, neededTenant, noteHandOver, tenantNamed} from '../ledger/tenant.ts'
import type {Runbook} from '../runbook/model.ts'
import {type Fact, runbook, step} from '../runbook/step.ts'
import {connectionDocument} from './document.ts'
import {documentMailed} from './mail.ts'
import {pagesAnswer} from './page.ts'

/** What a contact of the customer said, and how we know. */
export interface Said {
  /** The contact's id. */
  readonly by: string
  readonly channel?: string
  readonly reference?: string
}

export interface HandOverInput {
  readonly tenant: string
  readonly said: Said
  readonly contract: Contract
  readonly environments: readonly {readonly id: string; readonly name: string}[]
}

/** The installation ends: the customer has the document, the pages open (R115–R119). */
export function tenantHandOver(platform: Platform): Runbook<HandOverInput> {
  return runbook<HandOverInput>({
    id: 'tenant-hand-over',
    change: 'provision',
    title: ({tenant}) => `hand tenant ${tenant} over`,
    subject: ({tenant}) => tenant,
    tenant: ({tenant}) => tenant,
    environments: ({tenant, environments}) => environments.map(({name}) => `${tenant}/${name}`),
    locks: ({environments}) => environments.map(({id}) => environmentLock(id)),
    steps: ({tenant, contract, environments}) => {
      const all = environmentsNamed(
        platform,
        tenant,
        environments.map(({id}) => id),
      )
      const open = opened(platform, all)
      // Going back begins while the ledger still says that it was handed over.
      const closed = opened(platform, async () => (await all()).map(one => ({...one, phase: 'installation'})))
      return [
        step('document-has-fresh-links', connectionDocument(platform, all, {contract, fresh: true})),
        step('phase-is-implementation', phaseIs(platform, tenant, {from: 'installation', to: 'implementation'}), {
          undo: {kind: 'by', undo: () => moved(platform, tenant, {from: 'implementation', to: 'installation'})},
        }),
        step('services-let-people-in', open, {undo: {kind: 'by', undo: at => closed.make(at)}}),
        step('pages-answer-over-https', pagesAnswer(platform, all)),
        step('hand-over-is-noted', noted(platform, tenant), {
          undo: {kind: 'by', undo: () => forgetHandOver(platform.ledger, tenant)},
        }),
        step('document-is-on-its-way', documentMailed(platform, contract)),
      ]
    },
  })
}

/** The input of a hand-over, or undefined when it has been. Throws `not-found`, `contact-unfit`, `study-incomplete`. */
export async function readyToHandOver(ledger: Ledger, tenant: string, said: Said): Promise<HandOverInput | undefined> {
  const known = await neededTenant(ledger, tenant)
  const contract = known.contract as Contract
  await refuseUnfit(ledger, tenant, said)
  const environments = (await environmentsOf(ledger, tenant)).map(asEnvironment)
  const waiting = environments.filter(({phase}) => phase === 'installation')
  if (waiting.length === 0 && known.handedOverAt) return undefined
  const missing = missingStudy(contract)
  if (missing.length > 0) {
    throw new Refusal(
      'study-incomplete',
      `The study of ${tenant} lacks ${missing.join(', ')}: it stays in installation (R002).`,
      {
        facts: {tenant, missing},
        remedies: [
          ...missing.map(field => `Add study.${field} to the contract of ${tenant}.`),
          `selfhelp contract update ${tenant} --contract FILE --reason TEXT`,
        ],
      },
    )
  }
  return {tenant, said, contract, environments: environments.map(({id, name}) => ({id, name}))}
}

async function refuseUnfit(ledger: Ledger, tenant: string, {by}: Said): Promise<void> {
  const contact = await contactOf(ledger, tenant, by)
  const why = contact === undefined ? `has no contact ${by}` : `gave ${by} no decision role`
  if (contact?.roles.includes('decision')) return
  throw new Refusal('contact-unfit', `Tenant ${tenant} ${why}; a hand-over is agreed by a contact with it.`, {
    facts: {tenant, by, roles: contact?.roles},
    remedies: [`selfhelp tenant show ${tenant}`],
  })
}

function phaseIs(platform: Platform, tenant: string, move: {from: Phase; to: Phase}): Fact {
  return {
    holds: async () => (await environmentsOf(platform.ledger, tenant)).every(({phase}) => phase !== move.from),
    make: () => moved(platform, tenant, move),
  }
}

function moved({ledger}: Platform, tenant: string, move: {from: Phase; to: Phase}): Promise<void> {
  return movePhase(ledger, tenant, move)
}

function noted({ledger, clock}: Platform, tenant: string): Fact {
  return {
    holds: async () => (await tenantNamed(ledger, tenant))?.handedOverAt !== undefined,
    make: () => noteHandOver(ledger, tenant, clock.now()),
  }
}
