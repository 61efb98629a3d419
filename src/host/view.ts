import type {Cell, View} from '../terminal/view.ts'
import type {HostAddInput} from './add.ts'
import type {FleetApplied, HostApplied} from './apply-all.ts'
import {fingerprintOf} from './fingerprint.ts'
import type {HostShown} from './list.ts'
import type {Host} from './model.ts'
import type {FleetForecast, HostForecast, HostTrouble} from './plan.ts'
import type {Repinned} from './repin.ts'
import type {Retired} from './retire.ts'

/** Hosts as rows. */
export function hostRows(hosts: readonly Host[]): View {
  return {
    heads: ['host', 'site', 'roles', 'address', 'debian', 'state'],
    rows: hosts.map(host => [
      host.name,
      host.site,
      host.roles.join(', '),
      host.address,
      host.facts.debian,
      host.retiredAt === undefined ? 'in service' : {text: 'retired', tone: 'dim'},
    ]),
    empty: 'No host yet: selfhelp host add NAME --address … --site … --role …',
  }
}

/** Hosts, one below the other. */
export function hostsInFull(items: readonly HostShown[]): View {
  return items.flatMap((host, at) => (at === 0 ? [hostFields(host)] : ['\n', hostFields(host)]))
}

function hostFields({environments, ...host}: HostShown): View {
  const {facts} = host
  return {
    fields: {
      host: host.name,
      site: host.site,
      roles: host.roles.join(', '),
      address: host.address,
      'host key': fingerprintOf(host.hostKey),
      debian: `${facts.debian} (${facts.architecture}${facts.container ? ', container' : ''})`,
      size: `${facts.processors} processors, ${facts.memoryMegabytes} MB memory${freeDisk(facts.diskFreeMegabytes)}`,
      addresses: facts.addresses.join(', '),
      'control plane': facts.controlPlane.join(', '),
      environments: environments.length === 0 ? 'none' : environments.join(', '),
      'added at': host.addedAt,
      'retired at': host.retiredAt,
    },
  }
}

const freeDisk = (megabytes: number | undefined) =>
  megabytes === undefined ? '' : `, ${megabytes} MB disk free when adopted`

/** What adding did. */
export function hostAdded({name, roles, hostKey}: HostAddInput, changed: boolean): View {
  if (!changed) return `host ${name} is as it was`
  return [
    `host ${name} is adopted (${roles.join(', ')}), pinned ${fingerprintOf(hostKey)}`,
    `next: selfhelp host apply ${name}`,
  ]
}

/** What pinning did, host by host. */
export function repinned({items}: {readonly items: readonly Repinned[]}, plan: boolean): View {
  return items.map(item => {
    if (!item.ok) return `${item.host}: ${item.error.message}`
    if (!item.changed) return `${item.host} shows the pinned key already`
    return `${item.host} was pinned to ${item.before} and ${plan ? 'would be' : 'is now'} pinned to ${item.after}`
  })
}

/** What retiring did, host by host. */
export function hostsRetired({items}: {readonly items: readonly Retired[]}, plan: boolean): View {
  const lines = items.map(({host, changed}) => {
    if (!changed) return `${host} was retired already`
    return plan ? `${host} would go out of service` : `${host} is out of service`
  })
  if (plan || !items.some(({changed}) => changed)) return lines
  return [...lines, 'next: selfhelp host apply --all, so that the other hosts close their doors']
}

/** A forecast, with the differences of files. */
export function forecastText({items, planHash, roundTrips}: FleetForecast): View {
  const end = `plan ${planHash.slice(0, 12)}, ${counted(roundTrips, 'exchange')} with ${counted(items.length, 'host')}`
  return [planText(items), end]
}

/** What would change, host by host. */
export function planText(items: readonly HostForecast[]): View {
  return items.flatMap(changesText)
}

/** What differs, a line for each thing; nothing when everything is as wanted. */
export function driftRows({items}: FleetForecast): View {
  return {
    heads: ['host', 'thing', 'difference'],
    rows: items.flatMap((item): readonly (readonly Cell[])[] =>
      item.ok
        ? item.changes.map(({of, what}) => [item.host, of, {text: what, tone: 'warn'}])
        : [[item.host, {text: 'unknown', tone: 'bad'}, item.error.message]],
    ),
    empty: 'Every host is as wanted.',
  }
}

/** What was done on each host. */
export function appliedRows({items, roundTrips}: FleetApplied): View {
  return [
    {
      heads: ['host', 'result', 'changes', 'exchanges', 'run'],
      rows: items.map(item =>
        item.ok
          ? appliedRow(item)
          : [item.host, {text: `failed: ${item.error.message}`, tone: 'bad'}, '', '', item.run],
      ),
    },
    `${counted(roundTrips, 'exchange')} with ${counted(items.length, 'host')}`,
  ]
}

function appliedRow({host, changes, roundTrips, run}: Extract<HostApplied, {ok: true}>): readonly Cell[] {
  const result: Cell = changes.length === 0 ? 'as wanted already' : {text: 'changed', tone: 'good'}
  return [host, result, changes.length, roundTrips, run]
}

function changesText(item: HostForecast | HostTrouble): string[] {
  if (!item.ok) return [`${item.host}: ${item.error.message}`, ...item.error.remedies.map(each => `  → ${each}`)]
  if (item.changes.length === 0) return [`${item.host}: as wanted`]
  return [
    `${item.host}: ${counted(item.changes.length, 'change')}`,
    ...item.changes.flatMap(({of, what, diff}) => [
      `  ${of}: ${what}`,
      ...(diff === undefined
        ? []
        : diff
            .trimEnd()
            .split('\n')
            .map(line => `    ${line}`)),
    ]),
  ]
}

const counted = (count: number, word: string): string => `${count} ${word}${count === 1 ? '' : 's'}`
