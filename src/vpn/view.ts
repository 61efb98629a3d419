import type {View} from '../terminal/view.ts'
import type {VpnAdded} from './add.ts'
import type {Compared} from './compare.ts'
import type {VpnShown} from './list.ts'
import {type Vpn, vpnName} from './model.ts'
import type {VpnForecast} from './plan.ts'
import type {Sized} from './size.ts'
import type {VpnStatus} from './status.ts'

/** VPNs as rows. */
export function vpnRows(items: readonly Vpn[]): View {
  return {
    heads: ['vpn', 'type', 'gateway', 'peer', 'networks', 'servers', 'kbit/s'],
    rows: items.map(({spec, gateway}) => [
      vpnName(spec),
      spec.type,
      gateway,
      spec.peer?.address ?? spec.line?.nextHop,
      spec.networks.map(each => each.network).join(', '),
      spec.servers.map(each => each.name).join(', '),
      spec.kilobitsPerSecond,
    ]),
    empty: 'No VPN yet: selfhelp vpn add FILE',
  }
}

/** One VPN. */
export function vpnFields({spec, gateway, inner}: VpnShown): View {
  const {peer, authentication, line, responsibilities} = spec
  return [
    {
      fields: {
        vpn: vpnName(spec),
        type: spec.type,
        gateway,
        'we appear as': inner.join(', '),
        peer: peer && `${peer.address} (${peer.identity})`,
        authentication: authentication?.method,
        proposal: peer && spec.proposal,
        line: line && `${line.interface} to ${line.nextHop}, ${line.carrier}, ${line.leadDays} days`,
        networks: spec.networks
          .map(each => (each.seenAs ? `${each.network} as ${each.seenAs}` : each.network))
          .join(', '),
        bandwidth: `${spec.kilobitsPerSecond} kbit/s`,
        users: spec.users
          ? `${spec.users.concurrent} at once, ${spec.users.pageKilobytes} kB a page`
          : 'over the Internet only (R089)',
        'our part': responsibilities.ours,
        'their part': responsibilities.theirs,
        between: responsibilities.between,
      },
    },
    {
      heads: ['server', 'purpose', 'address', 'port'],
      rows: spec.servers.map(each => [each.name, each.purpose, each.address, each.port]),
    },
  ]
}

/** What adding did, or would do. */
export function vpnAdded({vpn, gateway, inner, changed}: VpnAdded, plan: boolean): View {
  if (!changed) return `the VPN ${vpn} is as it was agreed`
  if (plan) return `the VPN ${vpn} would be recorded, on ${gateway}`
  return `the VPN ${vpn} is recorded, on ${gateway}; we appear as ${inner.join(', ')}`
}

/** The bandwidth needed, and how it was found. */
export function sizedView({items, kilobitsPerSecond, assumptions, declared}: Sized): View {
  return [
    {
      heads: ['in the busiest second', 'count', 'bytes each', 'kbit/s'],
      rows: items.map(each => [each.what, each.perSecond, each.bytesEach, each.kilobitsPerSecond]),
    },
    `needed: ${kilobitsPerSecond} kbit/s. This is an estimate (R085): ${assumptions.join('; ')}.`,
    ...declared.map(
      each => `${each.vpn}: ${each.kilobitsPerSecond} kbit/s declared, ${each.enough ? 'enough' : 'too little'}`,
    ),
  ]
}

/** Both kinds of link beside each other. */
export function comparedView({norms, items, lead, start}: Compared): View {
  return [
    `the customer's norms: ${norms}`,
    {
      heads: ['type', '', 'criterion', 'rule'],
      rows: items.map(({type, side, en, rule}) => [
        type,
        {text: side, tone: side === 'for' ? 'good' : 'warn'},
        en,
        rule,
      ]),
    },
    ...lead.map(
      each =>
        `${each.type}: about ${each.days} days, so not before ${each.earliest}${each.late ? `; the contract starts on ${start}: that is too late` : ''}`,
    ),
  ]
}

/** What would change. */
export function forecastView({vpn, items}: VpnForecast): View {
  if (items.length === 0) return `the VPN ${vpn} is as wanted`
  return items.flatMap(({host, of, what, diff}) => [
    `${host}: ${of}: ${what}`,
    ...(diff === undefined ? [] : [diff.trimEnd()]),
  ])
}

/** How a run about a VPN ended, and what to type next. */
export function vpnRun({title, state}: {title: string; state: string}, next?: string): View {
  return [`${title}: ${state}`, ...(next === undefined ? [] : [next])]
}

/** How VPNs are, the sentence first. */
export function statusView(items: readonly VpnStatus[]): View {
  return items.flatMap(({vpn, gateway, state, fault, tunnels, probes, drift}): readonly View[] => [
    {
      fields: {
        vpn,
        gateway,
        state: {text: state, tone: state === 'up' ? 'good' : state === 'degraded' ? 'warn' : 'bad'},
        layer: fault?.layer,
        'whose end':
          fault && {ours: 'ours', theirs: "the customer's", between: 'between the two', both: 'either'}[fault.side],
        'what is wrong': fault?.sentence,
        'loaded otherwise': drift.length === 0 ? undefined : drift.join('; '),
      },
    },
    {
      heads: ['tunnel', 'traffic', 'in', 'out', 'keys since'],
      rows: tunnels.flatMap(each =>
        each.children.map(child => [each.state, child.state, child.bytesIn, child.bytesOut, `${child.ageSeconds} s`]),
      ),
    },
    {
      heads: ['server', 'probe', 'ms', 'ago'],
      rows: probes.map(each => [
        each.server,
        {text: each.result, tone: each.result === 'passes' ? 'good' : 'bad'},
        each.milliseconds,
        `${each.secondsAgo} s`,
      ]),
    },
  ])
}
