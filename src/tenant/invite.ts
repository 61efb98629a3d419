import type {Contract} from '../contract/model.ts'
import {accounts, environmentLock, environmentsNamed, type Platform} from '../environment/steps.ts'
import {documentOf} from '../ledger/document.ts'
import {environmentsOf} from '../ledger/environment.ts'
import type {Ledger} from '../ledger/ledger.ts'
import {unfinishedRun} from '../ledger/run.ts'
import {neededTenant} from '../ledger/tenant.ts'
import type {Runbook} from '../runbook/model.ts'
import {runbook, step} from '../runbook/step.ts'
import {connectionDocument} from './document.ts'

export interface InviteInput {
  readonly tenant: string
  readonly contract: Contract
  readonly environments: readonly {readonly id: string; readonly name: string}[]
  /** When the document before was written, RFC 3339; the new one is younger. */
  readonly after?: string
}

/** New one-time links for every account, the ones before them end; passwords that were chosen stay until a link is used. */
export function tenantInvite(platform: Platform): Runbook<InviteInput> {
  return runbook<InviteInput>({
    id: 'tenant-invite',
    change: 'configuration',
    title: ({tenant}) => `invite the people of ${tenant} anew`,
    subject: ({tenant}) => tenant,
    tenant: ({tenant}) => tenant,
    environments: ({tenant, environments}) => environments.map(({name}) => `${tenant}/${name}`),
    locks: ({environments}) => environments.map(({id}) => environmentLock(id)),
    steps: ({tenant, contract, environments, after}) => {
      const ids = environments.map(({id}) => id)
      const all = environmentsNamed(platform, tenant, ids)
      return [
        step('accounts-exist', accounts(platform, all, contract)),
        step('document-has-new-links', connectionDocument(platform, all, {contract, ...(after ? {after} : {})})),
      ]
    },
  })
}

/** The input: that of an unfinished one, else what there is now. Throws `Refusal('not-found')`. */
export async function readyToInvite(ledger: Ledger, tenant: string): Promise<InviteInput> {
  const before = await unfinishedRun(ledger, 'tenant-invite', tenant)
  if (before) return before.input as InviteInput
  const {contract} = await neededTenant(ledger, tenant)
  const [rows, document] = await Promise.all([environmentsOf(ledger, tenant), documentOf(ledger, tenant, 'connection')])
  const environments = rows.map(({id, name}) => ({id, name}))
  const after = document ? {after: document.createdAt.toString()} : {}
  return {tenant, contract: contract as Contract, environments, ...after}
}
