import {
  accounts,
  answers,
  certified,
  environmentLock,
  environmentsNamed,
  foundations,
  names,
  type Platform,
  schemas,
  shareLock,
} from '../environment/steps.ts'
import type {Runbook, Step, Undo} from '../runbook/model.ts'
import {type Fact, runbook, step} from '../runbook/step.ts'
import {connectionDocument} from './document.ts'
import type {TenantInput} from './model.ts'
import {pagesAnswer} from './page.ts'
import {recorded} from './record.ts'

/** From a contract to pages over https: every subscribed environment, closed until the hand-over (R115–R117). */
export function tenantCreate(platform: Platform): Runbook<TenantInput> {
  return runbook<TenantInput>({
    id: 'tenant-create',
    change: 'provision',
    title: ({contract}) => `create tenant ${contract.tenant}`,
    subject: ({contract}) => contract.tenant,
    tenant: ({contract}) => contract.tenant,
    environments: ({contract, environments}) => environments.map(({name}) => `${contract.tenant}/${name}`),
    locks: ({environments}) => environments.flatMap(({id, placed}) => [environmentLock(id), ...hostLocks(id, placed)]),
    steps: input => environmentSteps(platform, input),
  })
}

/** One subscribed environment more, for a tenant that is there (R037). */
export function environmentAdd(platform: Platform): Runbook<TenantInput> {
  const create = tenantCreate(platform)
  const named = ({contract, environments}: TenantInput) => `${contract.tenant}/${environments[0]?.name}`
  return runbook<TenantInput>({
    ...create,
    id: 'environment-add',
    title: input => `add environment ${named(input)}`,
    subject: named,
  })
}

/** The same for a whole tenant and for one environment more; each step is true of all its environments at once. */
function environmentSteps(platform: Platform, input: TenantInput): readonly Step[] {
  const {contract} = input
  const ids = input.environments.map(({id}) => id)
  const all = environmentsNamed(platform, contract.tenant, ids)
  return [
    reversible('contract-is-recorded', recorded(platform, input)),
    reversible('certificates-are-issued', certified(platform, all)),
    reversible('databases-run-and-release-is-unpacked', foundations(platform, all), 'PT10M'),
    reversible('schemas-are-at-level', schemas(platform, all)),
    reversible('services-answer', answers(platform, all)),
    reversible('edge-serves-names', names(platform, all)),
    step('accounts-exist', accounts(platform, all, contract)),
    step('pages-answer-over-https', pagesAnswer(platform, all)),
    step('connection-document-is-written', connectionDocument(platform, all, {contract})),
  ]
}

function reversible(name: string, {undo, ...fact}: Fact & {undo: Undo}, within?: string): Step {
  return step(name, fact, {undo, ...(within ? {within} : {})})
}

function hostLocks(id: string, placed: readonly {host: string}[]): readonly string[] {
  return [...new Set(placed.map(({host}) => shareLock(host, id)))]
}
