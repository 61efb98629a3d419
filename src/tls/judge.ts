import type {Protocol, ScanFinding, TlsScan} from './model.ts'
import type {TlsPolicy} from './policy.ts'
import {forbiddenBy, isCbcSha1} from './registry.ts'

/** What of a scan the requirements and the edge's policy forbid; nothing left is the proof. Pure. */
export function judgeScan(scan: TlsScan, policy: TlsPolicy): ScanFinding[] {
  if (scan.protocols.length === 0) {
    const sentence = 'The node agrees to no TLS connection for this name at all.'
    return [{rule: 'R026', source: 'R026', sentence, remedy: 'selfhelp certificate list'}]
  }
  return [
    ...scan.protocols.flatMap(protocol => ofProtocol(protocol, policy)),
    ...ofSuites(scan, policy),
    ...ofGroups(scan, policy),
    ...ofNames(scan),
    ...ofHttp(scan, policy),
  ]
}

const edgeRemedy = 'selfhelp host apply --all'

const versionRules: Partial<Record<Protocol, string>> = {
  SSLv2: 'R031',
  SSLv3: 'R032',
  'TLSv1.0': 'R033',
  'TLSv1.1': 'R034',
}

function ofProtocol(protocol: Protocol, policy: TlsPolicy): ScanFinding[] {
  const rule = versionRules[protocol]
  if (rule !== undefined) return [found(rule, `${protocol} is offered.`)]
  if (policy.protocols.some(each => each === protocol)) return []
  return [byPolicy(policy, `${protocol} is offered.`)]
}

/** One finding a suite, whatever the versions it is offered in. */
function ofSuites({suites}: TlsScan, policy: TlsPolicy): ScanFinding[] {
  const named = new Map<string, Protocol[]>()
  for (const {name, protocol} of suites) named.set(name, [...(named.get(name) ?? []), protocol])
  const allowed = new Set<string>([...policy.suites12, ...policy.suites13])
  return [...named].flatMap(([name, versions]) => {
    const offered = `${name} is offered (${versions.join(', ')})`
    const forbidden = forbiddenBy(name)
    if (forbidden) return [found(forbidden.rule, `${offered}: ${forbidden.what}.`)]
    if (allowed.has(name)) return []
    return [byPolicy(policy, isCbcSha1(name) ? `${offered}: CBC with SHA-1.` : `${offered}.`)]
  })
}

function ofGroups({groups}: TlsScan, policy: TlsPolicy): ScanFinding[] {
  const allowed: readonly string[] = policy.groups
  return groups
    .filter(group => !allowed.includes(group))
    .map(group => byPolicy(policy, `The group ${group} is offered.`))
}

function ofNames({strictSni, alpn}: TlsScan): ScanFinding[] {
  const unknown = 'A client that names another host, or none, gets a certificate.'
  return [
    ...(strictSni ? [] : [{...found('strict-sni', unknown), source: 'a name nobody knows is served nothing'}]),
    ...(alpn.includes('h2') ? [] : [{...found('http2', 'HTTP/2 is not offered.'), source: 'every edge speaks HTTP/2'}]),
  ]
}

function ofHttp({hsts, http, target}: TlsScan, policy: TlsPolicy): ScanFinding[] {
  const seconds = Number(/max-age="?(\d+)/i.exec(hsts ?? '')?.[1] ?? 0)
  const redirected = http && [301, 308].includes(http.status) && http.location?.startsWith(`https://${target.name}/`)
  return [
    ...(seconds >= policy.hsts
      ? []
      : [
          byPolicy(
            policy,
            `Strict-Transport-Security is ${hsts ?? 'not sent'}; it is to last ${policy.hsts} s.`,
            'hsts',
          ),
        ]),
    ...(http === undefined || redirected
      ? []
      : [
          found(
            'R009',
            `http answers with ${http.status} ${http.location ?? 'and no redirect'}, not only with a way to https.`,
          ),
        ]),
  ]
}

function found(rule: string, sentence: string): ScanFinding {
  return {rule, source: rule, sentence, remedy: edgeRemedy}
}

function byPolicy({name, source}: TlsPolicy, sentence: string, rule = `policy-${name}`): ScanFinding {
  return {rule, source: `${source}, ${name}`, sentence, remedy: edgeRemedy}
}
