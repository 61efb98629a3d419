import {asEnvironment, type Environment, hostsOf} from '../environment/model.ts'
import {
  certificates,
  environmentLock,
  type Platform,
  served,
  servedAs,
  stagedCertificate,
  stagedNoMore,
  withdrawn,
} from '../environment/steps.ts'
import {Failure} from '../error.ts'
import type {CertificateRow} from '../ledger/certificate.ts'
import {noteSight, servedCertificate, sightsOf} from '../ledger/certificate-life.ts'
import {environmentsOf} from '../ledger/environment.ts'
import type {Plan, Wanted} from '../machine/model.ts'
import type {At} from '../runbook/model.ts'
import {type Fact, provenByMaking} from '../runbook/step.ts'

/** A name of an environment; what is served for it is changed. */
export interface Name {
  readonly tenant: string
  /** Of the environment. */
  readonly id: string
  readonly hostname: string
}

/** The certificate that a run is about; asked of the ledger each time. */
export type Candidate = (at: At) => Promise<CertificateRow>

interface Place {
  readonly platform: Platform
  readonly name: Name
  readonly candidate: Candidate
}

/** Every edge that answers has the certificate beside what it serves, and its own HAProxy has judged it. */
export function staged(place: Place): Fact {
  return onEdges(place, async (row, environment) => {
    const {pem} = await servedAs(place.platform, row)
    const already = (await certificates(place.platform, environment)).some(
      one => one.hostname === row.hostname && one.pem.expose() === pem.expose(),
    )
    return () => (already ? [] : [stagedCertificate({hostname: row.hostname, pem})])
  })
}

/** Every edge that answers serves it, in the running process and in the files; beside it nothing is left. */
export function servedEverywhere(place: Place): Fact {
  return onEdges(place, async (row, environment) => {
    const others = await certificates(place.platform, environment)
    const all = [...others.filter(({hostname}) => hostname !== row.hostname), await servedAs(place.platform, row)]
    return edge => [...served(environment, all, edge), stagedNoMore(row.hostname)]
  })
}

/** The way back: every edge that answers serves what the ledger says, which is the certificate before. */
export function servedAsBefore({platform, name, candidate}: Place): (at: At) => Promise<void> {
  const before = onEdges({platform, name, candidate}, async (_, environment) => {
    const all = await certificates(platform, environment)
    const gone = all.some(({hostname}) => hostname === name.hostname)
      ? [stagedNoMore(name.hostname)]
      : withdrawn(name.hostname)
    return edge => [...served(environment, all, edge), ...gone]
  })
  return at => before.make(at)
}

/** The environment a name belongs to, as the ledger knows it now. */
export async function environmentOfName({ledger}: Pick<Platform, 'ledger'>, {tenant, id}: Name): Promise<Environment> {
  const found = (await environmentsOf(ledger, tenant)).find(row => row.id === id)
  if (!found) throw new RangeError(`the ledger knows no environment ${id} of ${tenant}`)
  return asEnvironment(found)
}

/** The edges a run still deals with: those it could not reach come later, and are on record as missing. */
export async function edgesOf(
  {ledger}: Platform,
  environment: Environment,
  row: CertificateRow,
): Promise<readonly string[]> {
  const missing = new Set(
    (await sightsOf(ledger, row.id)).flatMap(({host, state}) => (state === 'missing' ? [host] : [])),
  )
  return hostsOf(environment, 'edge').filter(host => !missing.has(host))
}

/** What the name is served with; a certificate run is asked again about it when its own is not there any more. */
export async function nowServed({ledger}: Platform, {hostname}: Name): Promise<CertificateRow> {
  const row = await servedCertificate(ledger, hostname)
  if (!row) throw new RangeError(`the ledger knows no certificate of ${hostname}`)
  return row
}

type WantedAt = (edge: string) => readonly Wanted[]

/** True at every edge that answers. One that does not is on record as missing, unless none does: then the run waits. */
function onEdges(
  {platform, name, candidate}: Place,
  of: (row: CertificateRow, environment: Environment) => Promise<WantedAt>,
): Fact {
  const lock = environmentLock(name.id)
  const each = async (at: At) => {
    const [row, environment] = await Promise.all([candidate(at), environmentOfName(platform, name)])
    const wanted = await of(row, environment)
    return {row, edges: await edgesOf(platform, environment, row), wanted}
  }
  // As `asWanted` does: what asking has just found is made.
  const found = new WeakMap<At, ReadonlyMap<string, Plan>>()
  return provenByMaking({
    holds: async at => {
      const {edges, wanted} = await each(at)
      const plan = async (edge: string) => (await platform.machine(edge)).plan(wanted(edge), at.fence(lock))
      const plans = await Promise.all(edges.map(async edge => ({edge, ...(await reached(() => plan(edge)))})))
      found.set(at, new Map(plans.flatMap(one => ('value' in one ? [[one.edge, one.value] as const] : []))))
      return plans.every(one => 'value' in one && one.value.changes.length === 0)
    },
    make: async at => {
      const {row, edges, wanted} = await each(at)
      const before = found.get(at)
      found.delete(at)
      const apply = async (edge: string) => {
        const plan = before?.get(edge)
        const machine = await platform.machine(edge)
        return machine.apply(wanted(edge), {fence: at.fence(lock), ...(plan ? {found: plan} : {})})
      }
      const done = await Promise.all(edges.map(async edge => ({edge, ...(await reached(() => apply(edge)))})))
      await missed(platform, {row, at}, done)
    },
  })
}

type Reached<T> = {readonly value: T} | {readonly away: Failure}

/** What came of it, or that nobody answered; everything else is thrown. */
async function reached<T>(work: () => Promise<T>): Promise<Reached<T>> {
  try {
    return {value: await work()}
  } catch (thrown) {
    if (thrown instanceof Failure && thrown.code === 'host-unreachable') return {away: thrown}
    throw thrown
  }
}

/** Puts on record which edges did not answer. Throws when none did. */
export async function missed(
  {ledger, clock}: Pick<Platform, 'ledger' | 'clock'>,
  {row, at}: {row: CertificateRow; at: At},
  done: readonly ({readonly edge: string} & Reached<unknown>)[],
): Promise<void> {
  const away = done.flatMap(one => ('away' in one ? [{edge: one.edge, why: one.away}] : []))
  if (away.length === done.length && away[0]) throw away[0].why
  for (const {edge, why} of away) {
    at.tell(`${edge} does not answer; it gets the certificate when it is back`)
    await noteSight(ledger, row.id, {host: edge, state: 'missing', at: clock.now(), proof: {why: why.message}})
  }
}
