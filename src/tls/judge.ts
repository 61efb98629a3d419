import {finding, type What} from './finding.ts'
import type {Protocol, ScanFinding, TlsScan} from './model.ts'
import type {TlsPolicy} from './policy.ts'
import {forbiddenBy, isCbcSha1} from './registry.ts'

/** What of a scan the requirements and the edge's policy forbid; nothing left is the proof. Pure. */
export function judgeScan(scan: TlsScan, policy: TlsPolicy): ScanFinding[] {
  if (scan.protocols.length === 0)
    return [finding('no-tls', {rule: 'R026', source: 'R026', remedy: 'selfhelp certificate list'})]
  return [
    ...scan.protocols.flatMap(protocol => ofProtocol(protocol, policy)),
    ...ofSuites(scan, policy),
    ...ofGroups(scan, policy),
    ...ofNames(scan),
    ...ofHttp(scan, policy),
  ]
}

const remedy = 'selfhelp host apply --all'

const versionRules: Partial<Record<Protocol, string>> = {
  SSLv2: 'R031',
  SSLv3: 'R032',
  'TLSv1.0': 'R033',
  'TLSv1.1': 'R034',
}

function ofProtocol(protocol: Protocol, policy: TlsPolicy): ScanFinding[] {
  const rule = versionRules[protocol]
  if (rule !== undefined) return [found(rule, 'protocol', {protocol})]
  if (policy.protocols.some(each => each === protocol)) return []
  return [byPolicy(policy, 'protocol', {protocol})]
}

/** One finding a suite, whatever the versions it is offered in. */
function ofSuites({suites}: TlsScan, policy: TlsPolicy): ScanFinding[] {
  const named = new Map<string, Protocol[]>()
  for (const {name, protocol} of suites) named.set(name, [...(named.get(name) ?? []), protocol])
  const allowed = new Set<string>([...policy.suites12, ...policy.suites13])
  return [...named].flatMap(([suite, protocols]) => {
    const versions = protocols.join(', ')
    const forbidden = forbiddenBy(suite)
    if (forbidden) return [found(forbidden.rule, 'suite-forbidden', {suite, versions, kind: forbidden.what})]
    if (allowed.has(suite)) return []
    return [byPolicy(policy, isCbcSha1(suite) ? 'cbc-sha1' : 'suite', {suite, versions})]
  })
}

function ofGroups({groups}: TlsScan, policy: TlsPolicy): ScanFinding[] {
  const allowed: readonly string[] = policy.groups
  return groups.filter(group => !allowed.includes(group)).map(group => byPolicy(policy, 'group', {group}))
}

function ofNames({strictSni, alpn}: TlsScan): ScanFinding[] {
  const about = (rule: string, source: string) => ({rule, source, remedy})
  return [
    ...(strictSni ? [] : [finding('unknown-name', about('strict-sni', 'a name nobody knows is served nothing'))]),
    ...(alpn.includes('h2') ? [] : [finding('http2', about('http2', 'every edge speaks HTTP/2'))]),
  ]
}

function ofHttp({hsts, http, target}: TlsScan, policy: TlsPolicy): ScanFinding[] {
  const seconds = Number(/max-age="?(\d+)/i.exec(hsts ?? '')?.[1] ?? 0)
  const wanted = {seconds: `${policy.hsts}`, ...(hsts === undefined ? {} : {found: hsts})}
  const redirected = http && [301, 308].includes(http.status) && http.location?.startsWith(`https://${target.name}/`)
  return [
    ...(seconds >= policy.hsts ? [] : [byPolicy(policy, hsts === undefined ? 'hsts-missing' : 'hsts', wanted)]),
    ...(http === undefined || redirected ? [] : [overHttp(http)]),
  ]
}

function overHttp({status, location}: NonNullable<TlsScan['http']>): ScanFinding {
  if (location === undefined) return found('R009', 'http-page', {status: `${status}`})
  return found('R009', 'http-elsewhere', {status: `${status}`, location})
}

type Values = Readonly<Record<string, string>>

function found(rule: string, what: What, values: Values): ScanFinding {
  return finding(what, {rule, source: rule, remedy}, values)
}

function byPolicy({name, source}: TlsPolicy, what: What, values: Values): ScanFinding {
  const rule = what.startsWith('hsts') ? 'hsts' : `policy-${name}`
  return finding(what, {rule, source: `${source}, ${name}`, remedy}, values)
}
