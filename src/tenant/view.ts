import {environmentFields} from '../environment/model.ts'
import {stepTable} from '../runbook/view.ts'
import type {Cell, View} from '../terminal/view.ts'
import type {TenantList} from './list.ts'
import type {Decided, TenantInput} from './model.ts'
import type {Farewell} from './open.ts'
import type {RemoveInput} from './remove.ts'
import type {TenantShown} from './show.ts'

/** A row per tenant. */
export function tenantRows({items, next}: TenantList): View {
  const table: View = {
    heads: ['tenant', 'legal name', 'environments', 'created'],
    rows: items.map(({name, legalName, environments, createdAt}) => [
      name,
      legalName,
      environments.map(one => `${one.name} (${one.phase}, ${one.version})`).join(', '),
      createdAt,
    ]),
    empty: 'There is no tenant yet: selfhelp tenant create NAME --contract FILE',
  }
  return next === undefined ? table : [table, `More follow: --after ${next}`]
}

/** A tenant: what was agreed, what stands open, and how to reach each of its environments. */
export function tenantView(tenant: TenantShown): View {
  const {name, legalName, locale, timeZone: zone, createdAt, handedOverAt, contract, document, environments} = tenant
  const fields = {
    tenant: name,
    'legal name': legalName,
    language: `${locale}, times in ${zone}`,
    contract: `${contract.start} to ${contract.end}, data in ${contract.residency.join(', ')}`,
    sites: [contract.sites.primary, contract.sites.secondary].filter(Boolean).join(', then '),
    created: {at: createdAt, zone},
    'handed over': handedOverAt ? {at: handedOverAt, zone} : 'not yet',
    'study lacks': tenant.missingStudy.length === 0 ? undefined : warning(tenant.missingStudy.join(', ')),
    'not made yet':
      tenant.missingEnvironments.length === 0 ? undefined : warning(tenant.missingEnvironments.join(', ')),
    'document of': document && {at: document.createdAt, zone},
    'its links end': document && {at: document.linksUntil, zone},
  }
  return [
    {fields},
    ...openAt(tenant),
    ...peopleOf(tenant),
    ...environments.flatMap(one => ['\n', environmentFields(one)]),
  ]
}

function openAt({runs, events, timeZone: zone}: TenantShown): readonly View[] {
  const lines = runs.map(({run, title, state}) => `${title} is ${state}: selfhelp run show ${run}`)
  const rows = events.map(({kind, subject, remedy, firstSeen}) => [kind, subject, {at: firstSeen, zone}, remedy])
  const table: View = {heads: ['open', 'about', 'since', 'what to do'], rows}
  return [...lines, ...(rows.length > 0 ? ['\n', table] : [])]
}

function peopleOf({contacts, accounts}: TenantShown): readonly View[] {
  const people = contacts.map(({id, name, email, roles}) => [id, name, email, roles.join(', ')])
  const made = accounts.map(({email, role, environments}) => [email, role, environments.join(', ')])
  return [
    '\n',
    {heads: ['contact', 'name', 'mail', 'roles'], rows: people},
    ...(made.length === 0 ? [] : ['\n', {heads: ['account', 'role', 'made in'], rows: made}]),
  ]
}

const warning = (text: string): Cell => ({text, tone: 'warn'})

/** What making it would do: where each environment would go and why (R015), and what would be true step by step. */
export function tenantPlanned(input: TenantInput | undefined, steps: readonly {readonly name: string}[]) {
  const environments = (input?.environments ?? []).map(({id, name, version, placed}) => ({id, name, version, placed}))
  const names = steps.map(({name}) => name)
  const view: View = input
    ? [{heads: ['environment', 'host', 'roles', 'because'], rows: environments.flatMap(placedRows)}, stepTable(names)]
    : 'It is there as asked; nothing would be changed.'
  return {result: {changes: input !== undefined, environments, steps: names}, view}
}

/** The tenant that was made, or that was there already. */
export function tenantCreated(tenant: TenantShown, run: string | undefined) {
  const view = tenantView(tenant)
  const result = {changed: run !== undefined, ...(run === undefined ? {} : {run}), ...tenant}
  return {result, view: run ? view : ['It is there as asked; nothing was changed.', view]}
}

/** The tenant whose pages are open now, or were before. */
export function tenantHandedOver(tenant: TenantShown, run: string | undefined) {
  const result = {changed: run !== undefined, ...(run === undefined ? {} : {run}), ...tenant}
  const said = run
    ? `${tenant.name} is handed over; selfhelp tenant document ${tenant.name}`
    : 'It was handed over before.'
  return {result, view: [said, tenantView(tenant)]}
}

/** The tenant whose people have new links. */
export function tenantInvited(tenant: TenantShown, run: string) {
  const {name, document, timeZone: zone} = tenant
  const fields = {'new links until': document && {at: document.linksUntil, zone}}
  const view: View = [`${name} has new links; the ones before ended.`, {fields}, `→ selfhelp tenant document ${name}`]
  return {result: {tenant: name, run, document}, view}
}

/** What is gone, and where the last dumps are. */
export function tenantRemoved({tenant, environments, repository, keep}: RemoveInput, run: string) {
  const names = environments.map(({name}) => name)
  const result = {tenant, environments: names, run, kept: {host: repository, for: keep}}
  const days = keep.replace(/^P(\d+)D$/, '$1 days')
  const where = repository ? `on ${repository}` : 'in the home of the control plane'
  return {result, view: `${tenant} is removed (${names.join(', ')}); its last dump is kept ${where} for ${days}.`}
}

/** What a change of a whole tenant would make true, step by step; nothing when it is so already. */
export function tenantChangePlanned(
  tenant: string,
  {environments, steps}: {environments: readonly {readonly name: string}[]; steps: readonly {readonly name: string}[]},
) {
  const names = steps.map(({name}) => name)
  const about = environments.map(({name}) => name)
  const view: View =
    names.length === 0
      ? 'It is so already; nothing would be changed.'
      : [`${tenant} (${about.join(', ')})`, stepTable(names)]
  return {result: {tenant, changes: names.length > 0, environments: about, steps: names}, view}
}

/** A row per dump that is kept. */
export function farewellRows({items}: {items: readonly Farewell[]}): View {
  return {
    heads: ['kept on', 'file', 'until'],
    rows: items.map(({host, path, expiresAt}) => [host ?? 'the control plane', path, expiresAt]),
  }
}

/** What to do with an opened dump. */
export function farewellOpened(output: string): View {
  return `${output} is written; look into it with pg_restore --list, and remove it when it has served.`
}

/** A run that was left to a worker. */
export function tenantQueued(run: {readonly run: string}) {
  return {result: run, view: `Run ${run.run} is queued: selfhelp run follow ${run.run}`}
}

function placedRows({name, placed}: Pick<Decided, 'name' | 'placed'>): Cell[][] {
  return [...new Set(placed.map(({host}) => host))].map(host => {
    const here = placed.filter(one => one.host === host)
    return [name, host, here.map(({role}) => role).join(', '), here[0]?.reason]
  })
}
