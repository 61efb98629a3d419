import {readFileSync} from 'node:fs'
import {join} from 'node:path'
import type {Temporal} from 'temporal-polyfill'
import type {Clock} from '../clock.ts'
import {asEnvironment, type Environment, fullName} from '../environment/model.ts'
import {environmentNamed} from '../environment/steps.ts'
import {CodedError} from '../error.ts'
import {certificatesOf, isOnRecord} from '../ledger/certificate.ts'
import {environmentsOf} from '../ledger/environment.ts'
import {insertEvidence} from '../ledger/evidence.ts'
import type {Ledger} from '../ledger/ledger.ts'
import {packageRoot} from '../root.ts'
import type {Part} from '../terminal/progress.ts'
import type {Dial, ScanFinding, Target, TlsScan} from '../tls/model.ts'
import {finding, judgeScan, scan, type TlsPolicy} from '../tls/steps.ts'
import type {Outside} from './prove.ts'

/** What one edge node offers for one name, judged. */
export interface Scanned {
  /** `acme/production` */
  readonly environment: string
  readonly name: string
  /** The edge node. */
  readonly host: string
  readonly at: Temporal.Instant
  readonly findings: readonly ScanFinding[]
  /** Undefined when the node was not reached. */
  readonly scan: TlsScan | undefined
}

export interface ScanResult {
  readonly policy: string
  /** The probe point it was scanned from. */
  readonly from: string
  readonly items: readonly Scanned[]
  readonly findings: number
}

export interface ScanNeeds {
  readonly ledger: Ledger
  readonly clock: Clock
  /** From where it is looked at. */
  readonly outside: Outside
  readonly policy: TlsPolicy
  /** Told of each name that was scanned. */
  readonly part?: Part
}

/** Names at once, of different nodes or the same: a scan is no load. */
const atOnce = 3

/**
 * Scans every name of these environments (`TENANT/NAME`; all when none is named) at every one of their edge nodes, from
 * outside, and keeps each as evidence. Throws `Refusal('not-found')` and `Failure('probe-failed')`.
 */
export async function scanEnvironments(needs: ScanNeeds, names: readonly string[]): Promise<ScanResult> {
  const {ledger, outside, policy, part} = needs
  const asked = await scannedNodes(ledger, names)
  const {dial, close} = outside
  const items: Scanned[] = []
  try {
    for (let from = 0; from < asked.length; from += atOnce) {
      const next = asked.slice(from, from + atOnce)
      items.push(...(await Promise.all(next.map(node => scanNode(needs, dial, node)))))
      part?.at(`${items.length} of ${asked.length} names`)
    }
  } finally {
    await close()
  }
  const findings = items.reduce((sum, each) => sum + each.findings.length, 0)
  return {policy: policy.name, from: outside.name, items, findings}
}

/** Every name of these environments, or of all, at each of their edge nodes. */
export async function scannedNodes(ledger: Ledger, names: readonly string[]): Promise<readonly Node[]> {
  const environments =
    names.length > 0
      ? await Promise.all(names.map(name => environmentNamed(ledger, name)))
      : (await environmentsOf(ledger)).map(asEnvironment)
  return (await Promise.all(environments.map(each => nodesOf(ledger, each)))).flat()
}

/** A name at an edge node, with what the ledger says is served there. */
interface Node extends Target {
  readonly environment: Environment
  readonly host: string
  readonly fingerprint: string | undefined
}

async function nodesOf(ledger: Ledger, environment: Environment): Promise<readonly Node[]> {
  const {hostnames, domains, placed} = environment
  const rows = await certificatesOf(ledger, environment.id)
  const fingerprints = new Map(rows.map(({hostname, fingerprint}) => [hostname, fingerprint]))
  // A name of the customer's own is served once it has a certificate; ours must be at once (R026).
  const own = domains.map(({hostname}) => hostname).filter(name => fingerprints.has(name))
  const edges = placed.filter(({role, address}) => role === 'edge' && address !== undefined)
  return [hostnames.presentation, hostnames.edition, ...own].flatMap(name =>
    edges.map(({host, address = ''}) => ({
      ...{name, address, port: 443, environment, host},
      fingerprint: fingerprints.get(name),
    })),
  )
}

async function scanNode({ledger, clock, policy}: ScanNeeds, dial: Dial, node: Node): Promise<Scanned> {
  const {environment, host, fingerprint, name, address, port} = node
  const at = clock.now()
  const found = await scan(dial, {name, address, port}, at).catch(unreachable)
  const findings =
    found instanceof CodedError
      ? [silent(found)]
      : [...judgeScan(found, policy), ...(await served(ledger, found, fingerprint))]
  const scanned: Scanned = {
    ...{environment: fullName(environment), name, host, at, findings},
    scan: found instanceof CodedError ? undefined : found,
  }
  await insertEvidence(ledger, {
    ...{kind: 'tls-scan', environment: environment.id, subject: `${name} at ${host}`, at},
    ...{tool: 'selfhelp', version: ownVersion(), passed: findings.length === 0},
    body: {policy: policy.name, findings, scan: scanned.scan ?? null, host, name},
  })
  return scanned
}

/** The certificate of the ledger is the one that is served: renewed is not yet served. What came meanwhile is no other. */
async function served(
  ledger: Ledger,
  {handshake, chain, target}: TlsScan,
  fingerprint: string | undefined,
): Promise<ScanFinding[]> {
  const leaf = chain[0] ?? handshake?.fingerprint
  if (fingerprint !== undefined && leaf === fingerprint) return []
  if (leaf !== undefined && (await isOnRecord(ledger, {hostname: target.name, fingerprint: leaf}))) return []
  const about = {rule: 'R026', source: 'R026', remedy: 'selfhelp certificate show NAME; selfhelp environment drift'}
  if (fingerprint === undefined) return [finding('not-recorded', about)]
  const values = {served: leaf?.slice(0, 16) ?? 'none', recorded: fingerprint.slice(0, 16)}
  return [finding('other-certificate', about, values)]
}

function silent({message, remedies}: CodedError): ScanFinding {
  return finding('silent', {rule: 'R026', source: 'R026', remedy: remedies[0] ?? 'selfhelp doctor'}, {why: message})
}

function unreachable(error: unknown): CodedError {
  if (error instanceof CodedError && ['address-unreachable', 'handshake-failed'].includes(error.code)) return error
  throw error
}

/** Of this program. */
function ownVersion(): string {
  const {version} = JSON.parse(readFileSync(join(packageRoot(), 'package.json'), 'utf8')) as {version: string}
  return version
}
