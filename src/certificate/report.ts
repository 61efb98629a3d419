import {Temporal} from 'temporal-polyfill'
import {type Environment, fullName} from '../environment/model.ts'
import {environmentNamed} from '../environment/steps.ts'
import {Refusal} from '../error.ts'
import {certificatesFor} from '../ledger/certificate.ts'
import {type EvidenceRow, latestEvidence} from '../ledger/evidence.ts'
import type {Ledger} from '../ledger/ledger.ts'
import {render} from '../render/render.ts'
import type {TlsScan} from '../tls/model.ts'
import {shownCertificate} from './list.ts'
import {type KeptScan, reportFacts} from './report-page.ts'

export interface Report {
  readonly environment: string
  readonly locale: string
  /** When the latest of it was found out. */
  readonly at: Temporal.Instant
  readonly findings: number
  /** One page that needs nothing else. */
  readonly html: string
}

/**
 * What was found about an environment's TLS, as a page for its customer, in their language and time zone. Throws
 * `Refusal('not-found')` when there is no such environment, or it was never scanned.
 */
export async function report(ledger: Ledger, typed: string): Promise<Report> {
  const environment = await environmentNamed(ledger, typed)
  const evidence = current(await latestEvidence(ledger, environment.id), environment)
  const scans = evidence.filter(({kind}) => kind === 'tls-scan').map(keptScan)
  const at = scans.map(each => each.at).reduce<Temporal.Instant | undefined>(later, undefined)
  if (at === undefined) {
    throw new Refusal('not-found', `${typed} was never scanned, so there is nothing to report.`, {
      remedies: [`selfhelp certificate scan ${typed}`],
    })
  }
  const names = [...new Set(scans.map(({name}) => name))]
  const rows = await Promise.all(names.map(name => certificatesFor(ledger, name)))
  const certificates = rows.filter(each => each.length > 0).map(shownCertificate)
  const html = render('document/tls.html', reportFacts({environment, at, scans, certificates, evidence}))
  const findings = scans.reduce((sum, each) => sum + each.findings.length, 0)
  return {environment: fullName(environment), locale: environment.locale, at, findings, html}
}

/** What was found of an edge that is no longer one of its edges says nothing of today. */
function current(rows: readonly EvidenceRow[], {placed}: Environment): readonly EvidenceRow[] {
  const edges = placed.filter(({role}) => role === 'edge').map(({host}) => host)
  return rows.filter(({subject}) => edges.some(host => subject.endsWith(` at ${host}`)))
}

function keptScan({at, body}: EvidenceRow): KeptScan {
  const {name, host, policy, findings, scan} = body as unknown as Omit<KeptScan, 'at' | 'scan'> & {scan: TlsScan | null}
  return {name, host, policy, findings, at, scan: scan ?? undefined}
}

function later(one: Temporal.Instant | undefined, other: Temporal.Instant): Temporal.Instant {
  return one === undefined || Temporal.Instant.compare(other, one) > 0 ? other : one
}
