import {join, resolve} from 'node:path'
import {contractIn} from '../contract/check.ts'
import {beginTenant} from '../tenant/begin.ts'
import {environmentSteps, tenantCreate} from '../tenant/create.ts'
import {parseHosts, refuseOtherName} from '../tenant/decide.ts'
import type {TenantInput} from '../tenant/model.ts'
import {showTenant} from '../tenant/show.ts'
import {planView, tenantView} from '../tenant/view.ts'
import type {Answer, Request} from './base.ts'
import {newestRelease, platformOf} from './platform.ts'
import {executeRun} from './runs.ts'
import type {World} from './world.ts'

interface CreateTyped {
  readonly name: string
  readonly file: string
  readonly hosts: readonly string[]
  readonly request: Request
  readonly plan: boolean
  readonly detach: boolean
  readonly wait: boolean
}

/** `tenant create`: the plan, or the run and the tenant it made. */
export async function createTenant(world: World, typed: CreateTyped): Promise<Answer> {
  const contract = await contractIn(typed.file)
  refuseOtherName(contract, typed.name)
  const hosts = parseHosts(typed.hosts)
  const ledger = await world.ledger()
  const beginning = {ledger, clock: world.clock, newestRelease: () => newestRelease(world)}
  const input = await beginTenant(beginning, {contract, hosts})
  const platform = await platformOf(world)
  if (typed.plan) return planned(input, input ? environmentSteps(platform, input).map(({name}) => name) : [])
  const {detach, wait} = typed
  // The file's content is what was asked for; its name alone would be signed for nothing.
  const request = {...typed.request, input: {...typed.request.input, contract}}
  const run = input && (await executeRun(world, {runbook: tenantCreate(platform), input, request, detach, wait}))
  if (run && detach) return {result: run, view: `Run ${run.run} is queued: selfhelp run follow ${run.run}`}
  const tenant = await showTenant(ledger, typed.name, caFileOf(world))
  const view = tenantView(tenant)
  return {
    result: {changed: input !== undefined, ...(run ? {run: run.run} : {}), ...tenant},
    view: input ? view : ['It is there as asked; nothing was changed.', view],
  }
}

/** The root certificate people check with. */
export function caFileOf(world: World): string {
  return join(resolve(world.home), 'ca.pem')
}

function planned(input: TenantInput | undefined, steps: readonly string[]): Answer {
  const environments = input?.environments ?? []
  const shown = environments.map(({id, name, version, placed}) => ({id, name, version, placed}))
  const view = input ? planView(environments, steps) : 'It is there as asked; nothing would be changed.'
  return {result: {changes: input !== undefined, environments: shown, steps}, view}
}
