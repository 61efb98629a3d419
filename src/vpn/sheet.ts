import type {Locale} from '../contract/model.ts'
import type {Platform} from '../environment/steps.ts'
import {environmentsOf} from '../ledger/environment.ts'
import {html} from '../render/html.ts'
import {render} from '../render/render.ts'
import {leadDays} from './compare.ts'
import {localSelectors, peerConnection} from './connection.ts'
import {trusted} from './key.ts'
import {vpnName} from './model.ts'
import {type Placed, placed} from './place.ts'
import {proposals, times} from './proposal.ts'
import {swanctlText} from './vici.ts'
import {words} from './words.ts'

/** What the customer's network people need to know; no secret is in it. */
export interface Sheet {
  readonly vpn: string
  readonly locale: Locale
  /** Groups of a name and what to enter there. */
  readonly groups: readonly {readonly title: string; readonly rows: readonly (readonly [string, string])[]}[]
  /** For a strongSwan of theirs, proven against a real one; nothing for a private line. */
  readonly peerConfiguration?: string
  /** Who certifies our end, in PEM, where certificates are used. */
  readonly authority?: string
  readonly html: string
}

/** The sheet of parameters for the customer, in their language unless another is asked for. Throws `Refusal('not-found')`. */
export async function sheetOf(
  platform: Pick<Platform, 'ledger' | 'secrets' | 'clock'>,
  name: string,
  locale: Locale,
): Promise<Sheet> {
  const place = await placed(platform, name)
  const {vpn, ours} = place
  const all = await environmentsOf(platform.ledger, vpn.spec.tenant)
  const served = all.filter(({placed}) => placed.some(({role, host}) => role === 'edge' && host === place.edge))
  const say = words[locale]
  const groups = [
    ...(vpn.spec.peer ? tunnelGroups(place, say) : lineGroups(place, say)),
    ...usersGroup(place, served.flatMap(namesOf), say),
    ...commonGroups(place, say),
  ]
  const peerConfiguration = vpn.spec.peer ? swanctlText(peerConnection(vpn, ours)) : undefined
  const authority = await trusted(platform, vpn.spec)
  const about = {vpn: vpnName(vpn.spec), locale, groups, ...(authority === undefined ? {} : {authority})}
  const page = render('document/vpn.html', {
    ...{locale, title: `${say.title} – ${vpnName(vpn.spec)}`, intro: say.intro},
    groups: groups.map(({title, rows}) => ({title, rows: rows.map(row => row.map(html))})),
    ...{
      configuration: html(
        [peerConfiguration, authority && `# self-help-ca.pem\n${authority}`].filter(Boolean).join('\n'),
      ),
      configurationTitle: say.strongswan,
      others: say.others,
    },
    key: vpn.spec.authentication?.method === 'their-certificate' || !vpn.spec.peer ? '' : say.key,
  })
  return {...about, html: page, ...(peerConfiguration === undefined ? {} : {peerConfiguration})}
}

type Say = (typeof words)[Locale]
type Group = Sheet['groups'][number]

function tunnelGroups(place: Placed, say: Say): readonly Group[] {
  const {spec} = place.vpn
  const {words: suite, ike, esp} = proposals[spec.proposal]
  return [
    endsGroup(place, say),
    {
      title: say.ike,
      rows: [
        [say.version, 'IKEv2'],
        [say.encryption, suite.encryption],
        [say.prf, suite.prf],
        [say.group, suite.group],
        [say.lifetime, `${times.ikeRekey} s`],
        [say.deadPeer, `${times.deadPeer} s`],
        ['strongSwan', ike],
      ],
    },
    {
      title: say.esp,
      rows: [
        [say.mode, say.tunnelMode],
        [say.encryption, suite.encryption],
        [say.pfs, `${say.yes}, ${suite.group}`],
        [say.lifetime, `${times.childRekey} s`],
        ['strongSwan', esp],
      ],
    },
    ...trafficGroups(place, say),
  ]
}

function endsGroup({vpn: {spec}, ours}: Placed, say: Say): Group {
  return {
    title: say.ends,
    rows: [
      [say.ourAddress, ours.address],
      [say.ourIdentity, ours.identity],
      [say.theirAddress, spec.peer?.address ?? ''],
      [say.theirIdentity, spec.peer?.identity ?? ''],
      [say.authentication, say.methods[spec.authentication?.method ?? 'psk']],
    ],
  }
}

function trafficGroups({vpn: {spec}, ours}: Placed, say: Say): readonly Group[] {
  const sources = localSelectors(spec, ours.inner)
    .map(each => each.split('/')[0])
    .join(', ')
  const servers = spec.servers.map(
    ({name, address, port}) => [`${name} (TCP ${port})`, `${sources} → ${address}`] as const,
  )
  const theirs = spec.networks.map(({network}) => network).join(', ')
  return [
    {
      title: say.selectors,
      rows: [
        [say.ourNetworks, localSelectors(spec, ours.inner).join(', ')],
        [say.theirNetworks, theirs],
      ],
    },
    {
      title: say.firewall,
      rows: [[say.open, `UDP 500, UDP 4500, ESP (50): ${ours.address} ↔ ${spec.peer?.address ?? ''}`], ...servers],
    },
  ]
}

function lineGroups({vpn, ours}: Placed, say: Say): readonly Group[] {
  const {spec} = vpn
  const {line} = spec
  return [
    {
      title: say.line,
      rows: [
        [say.carrier, line?.carrier ?? ''],
        [say.lead, `${line?.leadDays ?? leadDays['private-line']} ${say.days}`],
        [say.interface, line?.interface ?? ''],
        [say.nextHop, line?.nextHop ?? ''],
        [say.routes, spec.networks.map(({network}) => network).join(', ')],
        [say.ourNetworks, localSelectors(spec, ours.inner).join(', ')],
      ],
    },
  ]
}

/** How their people get here, where that was agreed (R089, R090). */
function usersGroup({vpn: {spec}, ours}: Placed, names: readonly string[], say: Say): readonly Group[] {
  if (!spec.users) return []
  const [address = ''] = localSelectors(spec, ours.inner)
  return [
    {
      title: say.users,
      rows: [
        [say.resolve, names.join(', ')],
        [say.resolveTo, address.split('/')[0] ?? ''],
        [say.usersOpen, spec.networks.map(({network}) => network).join(', ')],
        [say.concurrent, `${spec.users.concurrent}`],
      ],
    },
  ]
}

/** The names people read and write at: ours, and the customer's own. */
function namesOf({hostnames, domains}: Awaited<ReturnType<typeof environmentsOf>>[number]): readonly string[] {
  return [hostnames.presentation, hostnames.edition, ...domains.map(({hostname}) => hostname)]
}

function commonGroups({vpn}: Placed, say: Say): readonly Group[] {
  const {responsibilities, kilobitsPerSecond} = vpn.spec
  return [
    {
      title: say.responsibilities,
      rows: [
        [say.ours, responsibilities.ours],
        [say.theirs, responsibilities.theirs],
        [say.between, responsibilities.between],
        [say.bandwidth, `${kilobitsPerSecond} kbit/s`],
      ],
    },
  ]
}
