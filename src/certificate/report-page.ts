import type {Temporal} from 'temporal-polyfill'
import {type Environment, fullName} from '../environment/model.ts'
import type {EvidenceRow} from '../ledger/evidence.ts'
import {html} from '../render/html.ts'
import type {Templates} from '../render/templates.ts'
import {type OfferedSuite, protocols, type ScanFinding, type TlsScan} from '../tls/model.ts'
import {forbiddenBy, sentenceIn, suiteCount} from '../tls/steps.ts'
import type {CertificateShown} from './list.ts'
import {type ReportWords, reportWords} from './report-words.ts'

/** The latest scan of one name at one edge node, as it was kept. */
export interface KeptScan {
  readonly name: string
  readonly host: string
  readonly at: Temporal.Instant
  readonly policy: string
  readonly findings: readonly ScanFinding[]
  /** Instants in it are text. */
  readonly scan: TlsScan | undefined
}

/** All that a report tells. */
export interface ReportMatter {
  readonly environment: Environment
  readonly at: Temporal.Instant
  readonly scans: readonly KeptScan[]
  readonly certificates: readonly CertificateShown[]
  /** The latest of each tool and subject. */
  readonly evidence: readonly EvidenceRow[]
}

type Facts = Templates['document/tls.html']
type Row = Facts['offers'][number]

/** The page's facts, html, in the customer's language and time zone. Pure. */
export function reportFacts(matter: ReportMatter): Facts {
  const {environment, scans, at} = matter
  const words = reportWords[environment.locale]
  const times = timesOf(environment)
  const findings = scans.flatMap(({findings: own, name, host}) => own.map(each => ({...each, name, host})))
  const about = {names: countOf(scans, 'name'), edges: countOf(scans, 'host'), suites: suiteCount}
  return {
    locale: environment.locale,
    title: html(words.title),
    customer: html(environment.legalName),
    subtitle: html(words.subtitle(fullName(environment), times.minute(at))),
    verdict: {
      good: findings.length === 0,
      text: html(findings.length === 0 ? words.allGood : words.notGood(findings.length)),
      detail: html(words.detail(about)),
    },
    words: pageWords(words),
    findingHeads: words.findingHeads.map(html),
    findings: findings.map(each => [each.rule, each.name, each.host, sentenceIn(environment.locale, each)].map(html)),
    protocols: protocolTiles(scans, words),
    weak: weakTiles(scans, words),
    names: namesOf(matter, words),
    offers: offersOf(scans, words).map(escapedRow),
    evidenceHeads: words.evidenceHeads.map(html),
    evidence: matter.evidence.map(row => evidenceRow(row, words, times)),
    yourself: yourself(scans, words).map(html),
  }
}

interface Times {
  readonly minute: (at: Temporal.Instant) => string
  readonly day: (at: Temporal.Instant) => string
}

function timesOf({locale, timeZone}: {locale: string; timeZone: string}): Times {
  const tag = locale === 'en' ? 'en-GB' : locale
  const day = new Intl.DateTimeFormat(tag, {timeZone, dateStyle: 'long'})
  const minute = new Intl.DateTimeFormat(tag, {timeZone, dateStyle: 'long', timeStyle: 'short'})
  const format = (by: Intl.DateTimeFormat) => (at: Temporal.Instant) => by.format(new Date(at.epochMilliseconds))
  return {minute: format(minute), day: format(day)}
}

function pageWords(words: ReportWords): Facts['words'] {
  const {findings, protocols: versions, protocolsIntro, weak, weakIntro, names, suites, suitesIntro} = words
  const {evidence, evidenceIntro, yourself: see, yourselfIntro, footer} = words
  const all = {findings, protocols: versions, protocolsIntro, weak, weakIntro, names, suites, suitesIntro}
  const rest = {evidence, evidenceIntro, yourself: see, yourselfIntro, footer}
  return escapedAll({...all, ...rest})
}

function protocolTiles(scans: readonly KeptScan[], words: ReportWords): Facts['protocols'] {
  const offered = new Set(scans.flatMap(({scan}) => scan?.protocols ?? []))
  return protocols.map(name => {
    const is = offered.has(name)
    const current = name === 'TLSv1.2' || name === 'TLSv1.3'
    const says = html(is ? words.offered : words.refused)
    return {name: name.replace('v', ' ').replace('SSL ', 'SSL '), good: current ? true : !is, says}
  })
}

const kinds = ['RC4', '3DES', 'DES', 'EXPORT', 'NULL', 'anonymous', 'MD5', 'RC2', 'IDEA'] as const

function weakTiles(scans: readonly KeptScan[], words: ReportWords): Facts['weak'] {
  const found = new Set(suitesOf(scans).map(({name}) => forbiddenBy(name)?.what))
  return kinds.map(kind => ({
    name: html(kind === 'anonymous' ? words.anonymous : kind),
    good: !found.has(kind),
    says: html(found.has(kind) ? words.offered : words.refused),
  }))
}

function namesOf({environment, scans, certificates}: ReportMatter, words: ReportWords): Facts['names'] {
  const times = timesOf(environment)
  const {presentation, edition} = environment.hostnames
  const first = [presentation, edition].filter(name => scans.some(each => each.name === name))
  return [...new Set([...first, ...scans.map(({name}) => name)])].map(name => {
    const certificate = certificates.find(({hostname}) => hostname === name)
    return {
      name: html(name),
      certificate: certificate ? certificateRows(certificate, words, times) : [],
      nodeHeads: words.nodeHeads.map(html),
      nodes: scans.filter(each => each.name === name).map(each => nodeRow(each, words, times)),
    }
  })
}

function certificateRows(certificate: CertificateShown, words: ReportWords, times: Times): readonly Row[] {
  const {names, issuer, notBefore, notAfter, key, renewalDue, source, fingerprint} = certificate
  const {covers, issuer: by, from, until, key: keyWord, renewal, fingerprint: print} = words.certificate
  const rows: readonly Row[] = [
    [covers, names.join(', ')],
    [by, issuer],
    [from, times.day(notBefore)],
    [until, times.day(notAfter)],
    [keyWord, key],
    [renewal, words.renewed[source === 'customer' ? 'byYou' : 'byUs'](times.day(renewalDue))],
    [print, fingerprint.replaceAll(/(.{2})(?=.)/g, '$1 '), 'mono'],
  ]
  return rows.map(escapedRow)
}

function nodeRow(
  {host, at, scan, findings}: KeptScan,
  words: ReportWords,
  times: Times,
): Facts['names'][number]['nodes'][number] {
  const versions = scan?.protocols.map(each => each.replace('v', ' ')).join(', ') ?? words.silent
  const good = findings.length === 0
  return {
    cells: [host, versions, scan?.alpn.join(', ') ?? '', times.minute(at)].map(html),
    good,
    says: html(good ? words.asWanted : words.findingsCount(findings.length)),
  }
}

/** What all of them offer together. */
function offersOf(scans: readonly KeptScan[], words: ReportWords): readonly Row[] {
  const found = scans.flatMap(({scan}) => scan ?? [])
  const suites = (test: (suite: OfferedSuite) => boolean) =>
    [
      ...new Set(
        suitesOf(scans)
          .filter(test)
          .map(({name}) => name),
      ),
    ].join(', ') || '–'
  const all = (pick: (scan: (typeof found)[number]) => readonly string[]) =>
    [...new Set(found.flatMap(pick))].join(', ')
  const hsts = [...new Set(found.map(({hsts: own}) => Number(/max-age=(\d+)/.exec(own ?? '')?.[1] ?? 0)))]
  const page = found.some(({http}) => http && !http.location?.startsWith('https://'))
  const silent = found.every(({http}) => http === undefined)
  const {offers} = words
  return [
    [offers.policy, [...new Set(scans.map(({policy}) => policy))].join(', ')],
    [offers.suites13, suites(({protocol}) => protocol === 'TLSv1.3'), 'mono'],
    [offers.suites12, suites(({protocol}) => protocol !== 'TLSv1.3'), 'mono'],
    [offers.groups, all(({groups}) => groups)],
    [offers.alpn, all(({alpn}) => alpn)],
    [offers.hsts, words.days(Math.floor(Math.min(...hsts) / 86_400))],
    [offers.http, page ? words.pageOverHttp : silent ? words.noHttp : words.toHttps],
    [offers.sni, found.every(({strictSni}) => strictSni) ? words.onlyKnown : words.anybody],
  ]
}

function evidenceRow(
  {tool, version, subject, at, passed}: EvidenceRow,
  words: ReportWords,
  times: Times,
): Facts['evidence'][number] {
  const cells = [`${tool} ${version}`, subject.replace(/ at (\S+)$/, ' · $1'), times.minute(at)]
  return {cells: cells.map(html), good: passed, says: html(passed ? words.passed : words.failed)}
}

function yourself(scans: readonly KeptScan[], words: ReportWords): string[] {
  const [first] = scans
  if (!first) return []
  const line = (version: string) => `openssl s_client -connect ${first.name}:443 -servername ${first.name} ${version}`
  return [`${line('-tls1_1')}   # ${words.failing}`, `${line('-tls1_3')}   # ${words.working}`]
}

function suitesOf(scans: readonly KeptScan[]): readonly OfferedSuite[] {
  return scans.flatMap(({scan}) => scan?.suites ?? [])
}

function countOf(scans: readonly KeptScan[], what: 'name' | 'host'): number {
  return new Set(scans.map(each => each[what])).size
}

function escapedRow([label, value, kind]: Row): Row {
  return kind ? [html(label), html(value), kind] : [html(label), html(value)]
}

function escapedAll<T extends Readonly<Record<string, string>>>(words: T): T {
  return Object.fromEntries(Object.entries(words).map(([name, text]) => [name, html(text)])) as T
}
