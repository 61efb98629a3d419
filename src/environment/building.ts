import {certificatesOf} from '../ledger/certificate.ts'
import {environmentsOf, othersOnRelease} from '../ledger/environment.ts'
import type {Wanted} from '../machine/model.ts'
import type {At, Undo} from '../runbook/model.ts'
import type {Fact} from '../runbook/step.ts'
import {Secret} from '../secret/secret.ts'
import {type Served, served, uncertified, unserved} from './edge.ts'
import {asEnvironment, type Environment, hostOf} from './model.ts'
import type {Platform} from './platform.ts'
import {secretsOf} from './secret.ts'
import {applyOnHosts, type Environments, environmentLock, onHosts, type Stage, until, without} from './stage.ts'
import {answering, database, faces, gone, ground, running, schema, services} from './wanted.ts'

/** A fact with its way back. */
export type Reversible = Fact & {readonly undo: Undo}

/** Some environments of a tenant as the ledger knows them now. */
export function environmentsNamed(platform: Platform, tenant: string, ids: readonly string[]): Environments {
  return async () =>
    (await environmentsOf(platform.ledger, tenant)).map(asEnvironment).filter(({id}) => ids.includes(id))
}

/** Their users, secrets and databases are there, and beside them, at the same time, the release is unpacked. */
export function foundations(platform: Platform, environments: Environments): Reversible {
  const stage = foundationStage(platform)
  const ours = onHosts(platform, environments, [stage])
  const release = releases(platform, environments)
  return {
    holds: async at => (await Promise.all([ours.holds(at), release.holds(at)])).every(Boolean),
    make: async at => void (await Promise.all([ours.make(at), release.make(at)])),
    undo: back(environments, async (all, at) => {
      await applyOnHosts(platform, all, {stages: [{role: 'database', wanted: gone}], at})
      await removeReleases(platform, all, at)
    }),
  }
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
  return {
    ...onHosts(platform, environments, [level]),
    undo: back(environments, (all, at) => applyOnHosts(platform, all, {stages: [reversed(files)], at})),
  }
}

/** Their services run and say that they are ready. */
export function answers(platform: Platform, environments: Environments): Reversible {
  const stage: Stage = {role: 'presentation', wanted: running}
  const runs = onHosts(platform, environments, [stage])
  return {
    holds: async at => (await runs.holds(at)) && (await notReady(platform, await environments())) === undefined,
    make: async at => {
      await runs.make(at)
      const all = await environments()
      await until(platform, {within: 30_000, every: 100, signal: at.signal}, () => notReady(platform, all))
    },
    undo: back(environments, (all, at) => applyOnHosts(platform, all, {stages: [reversed(stage)], at})),
  }
}

/** Their services know what their phase lets in: the state file says it, a signal tells them to read it. */
export function opened(platform: Platform, environments: Environments): Fact {
  const wanted = (environment: Environment) => [...services(environment), ...running(environment)]
  return onHosts(platform, environments, [{role: 'presentation', wanted}])
}

/** Their names are served at the edge, each with its certificate. */
export function names(platform: Platform, environments: Environments): Reversible {
  const stage: Stage = {
    role: 'edge',
    wanted: async environment => served(environment, await certificates(platform, environment)),
  }
  return {
    ...onHosts(platform, environments, [stage]),
    undo: back(environments, async (all, at) => {
      await applyOnHosts(platform, all, {stages: [{role: 'edge', wanted: unserved}], at})
      await applyOnHosts(platform, all, {stages: [{role: 'edge', wanted: uncertified}], at})
    }),
  }
}

/** Everything an environment wants on its one host, in the order it is made; what drift is measured against. */
export async function everything(platform: Platform, environment: Environment): Promise<readonly Wanted[]> {
  const {wanted, schemaLevel} = await platform.release(environment.version, hostOf(environment, 'database'))
  return [
    ...(await foundationStage(platform).wanted(environment)),
    wanted,
    ...services(environment),
    ...schema(environment, schemaLevel),
    ...running(environment),
    ...served(environment, await certificates(platform, environment)),
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

function releases(platform: Platform, environments: Environments): Fact {
  const wanted = async () => {
    const places = (await environments()).map(
      environment => [hostOf(environment, 'presentation'), environment] as const,
    )
    return Promise.all(
      [...new Map(places)].map(async ([host, environment]) => ({
        machine: await platform.machine(host),
        lock: environmentLock(environment.id),
        release: (await platform.release(environment.version, host)).wanted,
      })),
    )
  }
  return {
    holds: async () => {
      const plans = await Promise.all((await wanted()).map(({machine, release}) => machine.plan([release])))
      return plans.every(({changes}) => changes.length === 0)
    },
    make: async at => {
      await Promise.all(
        (await wanted()).map(({machine, lock, release}) => machine.apply([release], {fence: at.fence(lock)})),
      )
    },
  }
}

async function removeReleases(platform: Platform, all: readonly Environment[], at: At): Promise<void> {
  const besides = all.map(({id}) => id)
  for (const environment of all) {
    const host = hostOf(environment, 'presentation')
    const {version} = environment
    if ((await othersOnRelease(platform.ledger, {host, version, besides})) > 0) continue
    const {wanted} = await platform.release(version, host)
    const machine = await platform.machine(host)
    await machine.apply([{...wanted, absent: true}], {fence: at.fence(environmentLock(environment.id))})
  }
}

async function notReady(platform: Platform, all: readonly Environment[]): Promise<string | undefined> {
  const asked = await Promise.all(
    all.map(async environment => {
      const machine = await platform.machine(hostOf(environment, 'presentation'))
      const replies = await machine.ask(faces.map(face => answering(environment, face)))
      const silent = faces.filter((_, at) => replies[at]?.exit !== 0)
      return silent.map(face => `${environment.id}-${face} on ${machine.host} is not ready`)
    }),
  )
  const missing = asked.flat()
  return missing.length === 0 ? undefined : `${missing.join('; ')}.`
}

async function certificates({ledger, secrets}: Platform, {id}: Environment): Promise<readonly Served[]> {
  const rows = await certificatesOf(ledger, id)
  return Promise.all(
    rows.map(async ({hostname, chain, keySecret}) => {
      const key = await secrets.get(keySecret)
      return {hostname, pem: new Secret(`${chain.trimEnd()}\n${key?.expose() ?? ''}`)}
    }),
  )
}

function reversed(stage: Stage): Stage {
  return {role: stage.role, wanted: async environment => without(await stage.wanted(environment))}
}

function back(environments: Environments, undo: (all: readonly Environment[], at: At) => Promise<void>): Undo {
  return {kind: 'by', undo: async at => undo(await environments(), at)}
}
