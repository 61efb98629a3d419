import type {Toned, View} from '../cli/view.ts'
import type {TenantList} from './list.ts'
import type {Decided} from './model.ts'
import type {EnvironmentShown, TenantShown} from './show.ts'

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

/** A tenant, and how to reach each of its environments. */
export function tenantView({
  name,
  legalName,
  locale,
  timeZone,
  createdAt,
  handedOverAt,
  environments,
}: TenantShown): View {
  const zone = timeZone
  const fields = {
    tenant: name,
    'legal name': legalName,
    language: locale,
    created: {at: createdAt, zone},
    'handed over': handedOverAt ? {at: handedOverAt, zone} : 'not yet',
  }
  return [{fields}, ...environments.flatMap(environmentView)]
}

/** One environment. */
export function environmentView({
  name,
  id,
  phase,
  version,
  url,
  editionUrl,
  address,
  curl,
  hosts,
}: EnvironmentShown): View[] {
  const where = [...new Set(hosts.map(({host}) => host))].join(', ')
  const fields = {
    environment: name,
    'on hosts as': id,
    phase: tonedPhase(phase),
    version,
    url,
    edition: editionUrl,
    address,
    hosts: where,
    because: hosts[0]?.reason,
    'try it': curl,
  }
  return [{fields}]
}

/** Where each environment of a plan would go, and why (R015), and what would be done. */
export function planView(environments: readonly Decided[], steps: readonly string[]): View {
  const rows = environments.flatMap(({name, placed}) => {
    const hosts = [...new Set(placed.map(({host}) => host))]
    return hosts.map(host => [
      name,
      host,
      placed
        .filter(one => one.host === host)
        .map(one => one.role)
        .join(', '),
      placed.find(one => one.host === host)?.reason,
    ])
  })
  return [
    {heads: ['environment', 'host', 'roles', 'because'], rows},
    {heads: ['step', 'what will be true'], rows: steps.map((step, at) => [at + 1, step])},
  ]
}

function tonedPhase(phase: string): Toned {
  return {text: phase, tone: phase === 'installation' ? 'warn' : 'good'}
}
