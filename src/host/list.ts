import {Refusal} from '../error.ts'
import {configured} from '../flow/steps.ts'
import {environmentsOn, host, hosts} from '../ledger/host.ts'
import type {Queries} from '../ledger/ledger.ts'
import {servedPolicy} from '../tls/steps.ts'
import type {HostBook} from './apply.ts'
import {type Selection, select} from './fleet.ts'
import {asHost, type Host} from './model.ts'

/** Every host in service. */
export async function fleetOf(ledger: Queries): Promise<readonly Host[]> {
  return (await hosts(ledger)).map(asHost).filter(each => each.retiredAt === undefined)
}

/** One host in service. Throws `Refusal('not-found')`. */
export async function hostNamed(ledger: Queries, name: string): Promise<Host> {
  const row = await host(ledger, name)
  if (row && row.retiredAt === undefined) return asHost(row)
  const was = row ? `Host ${name} was retired on ${row.retiredAt}.` : `There is no host ${name}.`
  throw new Refusal('not-found', was, {remedies: ['selfhelp host list']})
}

/** What the ledger knows of hosts, as planning and applying ask it. */
export const bookOf = (ledger: Queries): HostBook => ({
  fleet: () => fleetOf(ledger),
  named: name => hostNamed(ledger, name),
  configured: () => configured(ledger),
  tls: () => servedPolicy(ledger),
})

/** A host with the environments that stand on it. */
export interface HostShown extends Host {
  readonly environments: readonly string[]
}

/** The hosts that are meant, retired ones too when they are named. Throws as `selected`. */
export async function showHosts(ledger: Queries, selection: Selection): Promise<{items: readonly HostShown[]}> {
  const hosts = await named(ledger, selection)
  const shown = hosts.map(async host => ({...host, environments: await environmentsOn(ledger, host.name)}))
  return {items: await Promise.all(shown)}
}

/** Hosts as asked for, retired ones only when named or with `all`. Throws `Refusal('not-found')`. */
export async function listHosts(ledger: Queries, selection: Selection): Promise<{items: readonly Host[]}> {
  const every = (await hosts(ledger)).map(asHost)
  const {names, all} = selection
  const unknown = names.filter(name => !every.some(host => host.name === name))
  if (unknown.length > 0) throw unknownHosts(unknown)
  // Retired ones too when they are named.
  const meant = every.filter(({name, retiredAt}) => names.includes(name) || (names.length === 0 && !retiredAt))
  const {site, role} = selection
  const fits = (host: Host) => (site === undefined || host.site === site) && (role === undefined || hasRole(host, role))
  return {items: all ? every : meant.filter(fits)}
}

/** As `selected`, and retired ones too when they are named. Throws the same. */
export async function named(ledger: Queries, selection: Selection): Promise<readonly Host[]> {
  const {names} = selection
  const gone = (await hosts(ledger)).map(asHost).filter(({name, retiredAt}) => retiredAt && names.includes(name))
  const rest = names.filter(name => !gone.some(host => host.name === name))
  if (gone.length > 0 && rest.length === 0) return gone
  return [...(await selected(ledger, {...selection, names: rest})), ...gone]
}

/** The hosts that are meant. Throws `Refusal('not-found')` for names nobody has, `Refusal('input-invalid')` for none at all. */
export async function selected(ledger: Queries, selection: Selection): Promise<readonly Host[]> {
  const {names, site, role, all} = selection
  if (names.length === 0 && site === undefined && role === undefined && !all)
    throw new Refusal('input-invalid', 'No host was named.', {
      remedies: ['Name hosts, or give --site, --role or --all.'],
    })
  const fleet = await fleetOf(ledger)
  const unknown = names.filter(name => !fleet.some(each => each.name === name))
  if (unknown.length > 0) throw unknownHosts(unknown)
  return select(fleet, selection)
}

const hasRole = ({roles}: Host, role: string) => roles.some(one => one === role)

function unknownHosts(unknown: readonly string[]): Refusal {
  return new Refusal('not-found', `There is no host ${unknown.join(', ')} in service.`, {
    facts: {unknown},
    remedies: ['selfhelp host list'],
  })
}
