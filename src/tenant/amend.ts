import type {Clock} from '../clock.ts'
import {type Contract, missingStudy, subscribed} from '../contract/model.ts'
import {contractIn, type Difference, differences} from '../contract/steps.ts'
import {asEnvironment} from '../environment/model.ts'
import {accounts, environmentLock, environmentsNamed, opened, type Platform} from '../environment/steps.ts'
import {Refusal} from '../error.ts'
import {environmentsOf} from '../ledger/environment.ts'
import {hosts} from '../ledger/host.ts'
import type {Ledger} from '../ledger/ledger.ts'
import {runs, unfinished, unfinishedRun} from '../ledger/run.ts'
import {sites} from '../ledger/site.ts'
import {neededTenant, replaceContract, type TenantRow, tenantNamed} from '../ledger/tenant.ts'
import type {Runbook} from '../runbook/model.ts'
import {type Fact, runbook, step} from '../runbook/step.ts'
import {asSite} from '../site/model.ts'
import {refuseFixed} from './amendable.ts'
import {connectionDocument} from './document.ts'
import {pagesAnswer} from './page.ts'
import {sameContract} from './record.ts'

export interface AmendInput {
  readonly tenant: string
  readonly before: Contract
  readonly after: Contract
  readonly environments: readonly {readonly id: string; readonly name: string}[]
}

/** What a changed contract says, and what remains to be typed for it. */
export interface Amendment {
  readonly tenant: string
  /** Field by field; empty when the contract is as it was. */
  readonly differences: readonly Difference[]
  readonly next: readonly string[]
}

/** A contract becomes another: in the ledger, in the accounts, and in what the pages say. */
export function contractUpdate(platform: Platform): Runbook<AmendInput> {
  return runbook<AmendInput>({
    id: 'contract-update',
    // Nothing of what users see is touched: who is on record, and for how long.
    change: 'provision',
    title: ({tenant}) => `update the contract of ${tenant}`,
    subject: ({tenant}) => tenant,
    tenant: ({tenant}) => tenant,
    environments: ({tenant, environments}) => environments.map(({name}) => `${tenant}/${name}`),
    locks: ({environments}) => environments.map(({id}) => environmentLock(id)),
    steps: input => steps(platform, input),
  })
}

function steps(platform: Platform, {tenant, before, after, environments}: AmendInput) {
  const ids = environments.map(({id}) => id)
  const all = environmentsNamed(platform, tenant, ids)
  // Going back begins while the ledger still has the new contract.
  const {legalName, locale, timeZone} = before
  const asBefore = async () => (await all()).map(one => ({...one, legalName, locale, timeZone}))
  const old = opened(platform, asBefore)
  const known = step('contract-is-recorded', contractIs(platform, {from: before, to: after}), {
    undo: {kind: 'by', undo: at => contractIs(platform, {from: after, to: before}).make(at)},
  })
  if (ids.length === 0) return [known]
  return [
    known,
    step('accounts-exist', accounts(platform, all, after)),
    step('services-know-it', opened(platform, all), {undo: {kind: 'by', undo: at => old.make(at)}}),
    step('pages-answer-over-https', pagesAnswer(platform, all)),
    step('connection-document-is-written', connectionDocument(platform, all, {contract: after})),
  ]
}

function contractIs({ledger}: Platform, {from, to}: {from: Contract; to: Contract}): Fact {
  return {
    holds: async () => sameContract((await tenantNamed(ledger, to.tenant))?.contract, to),
    make: async () => {
      await ledger.transaction(async tx => {
        const known = await tenantNamed(tx, to.tenant)
        if (sameContract(known?.contract, to)) return
        if (!sameContract(known?.contract, from)) throw meanwhile(to.tenant)
        await replaceContract(tx, to)
      })
    },
  }
}

function meanwhile(tenant: string): Refusal {
  return new Refusal('plan-changed', `The contract of ${tenant} was changed by somebody else meanwhile.`, {
    remedies: [`selfhelp tenant show ${tenant}`],
  })
}

/**
 * The input of an update: that of an unfinished one of the same contract, nothing when it is so already, else what is
 * to be. Throws `contract-fixed` with every objection, `not-found`, `run-unfinished`, `input-invalid`.
 */
export async function readyToAmend(
  {ledger, clock}: {readonly ledger: Ledger; readonly clock: Clock},
  {tenant, file}: {readonly tenant: string; readonly file: string},
): Promise<{readonly amendment: Amendment; readonly input?: AmendInput}> {
  const after = await contractIn(file)
  const known = (await neededTenant(ledger, tenant)) as TenantRow & {contract: Contract}
  const environments = (await environmentsOf(ledger, tenant)).map(asEnvironment)
  const names = environments.map(({name}) => name)
  const running = await unfinishedRun(ledger, 'contract-update', tenant)
  const begun = running?.input as AmendInput | undefined
  if (begun && sameContract(begun.after, after))
    return {amendment: amendmentOf(begun.before, after, {names, known}), input: begun}
  const before = known.contract
  const amendment = amendmentOf(before, after, {names, known})
  if (amendment.differences.length === 0 && begun === undefined) return {amendment}
  const [allSites, allHosts] = await Promise.all([sites(ledger), hosts(ledger)])
  const siteOf = new Map(allHosts.map(({name, site}) => [name, site]))
  const on = clock.now().toZonedDateTimeISO(after.timeZone).toPlainDate()
  refuseFixed({before, after, environments, sites: allSites.map(asSite), siteOf, on})
  await refuseBusy(ledger, tenant)
  return {amendment, input: {tenant, before, after, environments: environments.map(({id, name}) => ({id, name}))}}
}

/** A run of the tenant that has not ended carries the old contract with it. */
async function refuseBusy(ledger: Ledger, tenant: string): Promise<void> {
  const carrying = ['tenant-create', 'environment-add', 'tenant-hand-over', 'tenant-remove', 'contract-update']
  const [busy] = (await runs(ledger, {tenant, states: unfinished})).filter(({runbook}) => carrying.includes(runbook))
  if (busy === undefined) return
  throw new Refusal('run-unfinished', `${busy.title} has not ended (${busy.state}), and works with the old contract.`, {
    runId: busy.id,
    facts: {state: busy.state, operator: busy.operator, began: busy.queuedAt.toString()},
    remedies: [`selfhelp run resume ${busy.id}`, `selfhelp run abandon ${busy.id}`],
  })
}

function amendmentOf(
  before: Contract,
  after: Contract,
  {names, known}: {readonly names: readonly string[]; readonly known: TenantRow},
): Amendment {
  const {tenant} = before
  const add = subscribed(after).filter(name => !names.includes(name))
  const missing = missingStudy(after)
  const next = [
    ...add.map(name => `selfhelp environment add ${tenant}/${name}`),
    ...(known.handedOverAt || missing.length > 0 ? [] : [`selfhelp tenant hand-over ${tenant} --by CONTACT`]),
    ...missing.map(field => `Add study.${field} before the hand-over (R002).`),
  ]
  return {tenant, differences: differences(before, after), next}
}
