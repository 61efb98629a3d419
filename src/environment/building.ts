import {Temporal} from 'temporal-polyfill'
import {Failure} from '../error.ts'
import {type CertificateRow, certificatesOf} from '../ledger/certificate.ts'
import {environmentsOf, othersOnRelease} from '../ledger/environment.ts'
import {countsUntil, saidOf} from '../ledger/staple.ts'
import type {Wanted} from '../machine/model.ts'
import type {Undo} from '../runbook/model.ts'
import {type Fact, provenByMaking} from '../runbook/step.ts'
import {withKey} from '../secret/pem.ts'
import {readiness} from './asking.ts'
import {type Served, served, unserved} from './edge.ts'
import {asEnvironment, type Environment, fullName, hostOf, type RuntimeState} from './model.ts'
import type {Platform} from './platform.ts'
import {schema} from './schema.ts'
import {secretsOf} from './secret.ts'
import {
  asWanted,
  backBy,
  type Environments,
  environmentLock,
  goneFromHosts,
  onHosts,
  type Stage,
  shareLock,
  without,
} from './stage.ts'
import {database, gone, ground, namedServices, running, services} from './wanted.ts'

/** A fact with its way back, and with its opposite as a fact of its own. */
export type Reversible = Fact & {readonly undo: Undo; readonly gone: Fact}

/** Some environments of a tenant as the ledger knows them now. */
export function environmentsNamed(platform: Platform, tenant: string, ids: readonly string[]): Environments {
  return async () =>
    (await environmentsOf(platform.ledger, tenant)).map(asEnvironment).filter(({id}) => ids.includes(id))
}

/** Their users, secrets and databases are there, and beside them, at the same time, the release is unpacked. */
export function foundations(platform: Platform, environments: Environments): Reversible {
  const ours = onHosts(platform, environments, [foundationStage(platform)])
  const release = releases(platform, environments)
  const without = goneFromHosts(platform, environments, [[{role: 'database', wanted: gone}]])
  const away = (released: Fact): Fact => ({
    holds: async at => (await without.holds(at)) && (await released.holds(at)),
    make: async at => {
      await without.make(at)
      await released.make(at)
    },
  })
  return {
    holds: async at => (await Promise.all([ours.holds(at), release.holds(at)])).every(Boolean),
    make: async at => void (await Promise.all([ours.make(at), release.make(at)])),
    undo: backBy(away(release.undone)),
    gone: away(release.gone),
  }
}

/** Their clusters have the settings of now: their WAL goes to the repository, or nowhere. */
export function clusters(platform: Platform, environments: Environments): Fact {
  return onHosts(platform, environments, [foundationStage(platform)])
}

/** Their schemas stand at the level of the release, brought there by a unit under the services' own rules. */
export function schemas(platform: Platform, environments: Environments): Reversible {
  const files: Stage = {role: 'presentation', wanted: environment => services(environment)}
  const level: Stage = {
    role: 'database',
    wanted: async environment => {
      const {schemaLevel} = await platform.release(environment.version, hostOf(environment, 'database'))
      return [...services(environment), ...schema(environment, schemaLevel)]
    },
  }
  return reversible(onHosts(platform, environments, [level]), goneFromHosts(platform, environments, [[without(files)]]))
}

/** Their services run and say that they are ready. */
export function answers(platform: Platform, environments: Environments): Reversible {
  const stage: Stage = {role: 'presentation', wanted: running}
  const answer = ready(platform, environments, onHosts(platform, environments, [stage]))
  return reversible(answer, goneFromHosts(platform, environments, [[without(stage)]]))
}

/** They run as this fact has them, and say that they are ready: waited for when it was just made so. */
export function ready(platform: Platform, environments: Environments, runs: Fact): Fact {
  const silentAfter = async (seconds: number) => notReady(platform, await environments(), seconds)
  return provenByMaking({
    holds: async at => (await runs.holds(at)) && (await silentAfter(0)).length === 0,
    make: async at => {
      await runs.make(at)
      const silent = await silentAfter(30)
      if (silent.length > 0) throw new Failure('runtime-silent', `A service is not ready: ${silent.join('; ')}`)
    },
  })
}

/** Their services know what their phase lets in: the state file says it, a signal tells them to read it. */
export function opened(platform: Platform, environments: Environments): Fact {
  const wanted = (environment: Environment) => [...services(environment), ...running(environment)]
  return onHosts(platform, environments, [{role: 'presentation', wanted}])
}

/** Their services send people to the customer's own names, and take forms from every name they are served under. */
export function knowingNames(platform: Platform, environments: Environments): Fact {
  return onHosts(platform, environments, [{role: 'presentation', wanted: namedServices}])
}

/** Their services let in whom this state lets in; it ends by itself where it says so. */
export function lettingIn(
  platform: Platform,
  environments: Environments,
  state: (environment: Environment) => Promise<RuntimeState>,
): Fact {
  const wanted = async (environment: Environment) => [
    ...services(environment, await state(environment)),
    ...running(environment),
  ]
  return onHosts(platform, environments, [{role: 'presentation', wanted}])
}

/** Their names are served at the edge, each with its certificate. */
export function names(platform: Platform, environments: Environments): Reversible {
  const stage: Stage = {
    role: 'edge',
    wanted: async (environment, edge) => served(environment, await certificates(platform, environment), edge),
  }
  const away: Stage = {role: 'edge', wanted: unserved}
  return reversible(onHosts(platform, environments, [stage]), goneFromHosts(platform, environments, [[away]]))
}

/** Everything an environment wants on a host, in the order it is made; what drift is measured against. */
export async function everything(
  platform: Platform,
  environment: Environment,
  host: string,
): Promise<readonly Wanted[]> {
  const atEdge = served(environment, await certificates(platform, environment), host)
  if (host !== hostOf(environment, 'database')) return atEdge
  const {wanted, schemaLevel} = await platform.release(environment.version, hostOf(environment, 'database'))
  return [
    ...(await foundationStage(platform).wanted(environment, host)),
    wanted,
    ...services(environment),
    ...schema(environment, schemaLevel),
    ...running(environment),
    ...atEdge,
  ]
}

function foundationStage(platform: Platform): Stage {
  return {
    role: 'database',
    wanted: async environment => {
      const {certificate} = await platform.authority()
      const secrets = await secretsOf(environment, platform.secrets, certificate)
      return [...ground(environment, secrets), ...database(environment, secrets)]
    },
  }
}

/** Unpacked under the lock of the host's share: under that of the environment it would wait for the database. */
export function releases(
  platform: Platform,
  environments: Environments,
): Fact & {readonly gone: Fact; readonly undone: Fact} {
  const each = async (all: readonly Environment[]) => {
    const places = new Map(all.map(one => [`${hostOf(one, 'presentation')} ${one.version}`, one]))
    return Promise.all(
      [...places.values()].map(async ({id, version, placed}) => {
        const host = hostOf({placed}, 'presentation')
        const [machine, {wanted}] = await Promise.all([platform.machine(host), platform.release(version, host)])
        return {id, machine, wanted: [wanted], lock: shareLock(host, id), host, version}
      }),
    )
  }
  const unused = async () => {
    const all = await environments()
    const besides = all.map(({id}) => id)
    const found = await each(all)
    const others = await Promise.all(
      found.map(({host, version}) => othersOnRelease(platform.ledger, {host, version, besides})),
    )
    const free = found.filter((_, n) => others[n] === 0)
    return free.map(one => ({...one, wanted: one.wanted.map(release => ({...release, absent: true}))}))
  }
  const gone = async () => (await unused()).map(one => ({...one, lock: environmentLock(one.id)}))
  return {...asWanted(async () => each(await environments())), undone: asWanted(unused), gone: asWanted(gone)}
}

/** What is not ready after that many seconds, waited for on the hosts themselves: no exchange is spent on waiting. */
async function notReady(platform: Platform, all: readonly Environment[], seconds: number): Promise<readonly string[]> {
  const asked = all.map(async environment => {
    const machine = await platform.machine(hostOf(environment, 'presentation'))
    const [answer] = await machine.ask([readiness(environment, seconds)])
    return answer?.exit === 0 ? [] : [`${fullName(environment)} on ${machine.host}: ${answer?.out || answer?.err}`]
  })
  return (await Promise.all(asked)).flat()
}

/** What an environment's names are served with, as the ledger says. */
export async function certificates(
  platform: Pick<Platform, 'ledger' | 'secrets' | 'clock'>,
  {id}: Pick<Environment, 'id'>,
): Promise<readonly Served[]> {
  const rows = await certificatesOf(platform.ledger, id)
  return Promise.all(rows.map(row => servedAs(platform, row)))
}

/** Chain and key as HAProxy reads them, and what the responder says while that counts. */
export async function servedAs(
  {ledger, secrets, clock}: Pick<Platform, 'ledger' | 'secrets' | 'clock'>,
  {id, hostname, chain, keySecret, responder}: CertificateRow,
): Promise<Served> {
  const [key, said] = await Promise.all([
    secrets.get(keySecret),
    responder === undefined ? undefined : saidOf(ledger, id),
  ])
  const fresh = said && Temporal.Instant.compare(countsUntil(said), clock.now()) > 0
  const staple = fresh ? {response: said.response, saidAt: said.saidAt.toString()} : undefined
  return {hostname, pem: withKey(chain, key), staple}
}

function reversible(fact: Fact, gone: Fact): Reversible {
  return {...fact, undo: backBy(gone), gone}
}
