import {Failure} from '../error.ts'
import type {Machine, Plan, Wanted} from '../machine/model.ts'
import type {At, Undo} from '../runbook/model.ts'
import {type Fact, provenByMaking} from '../runbook/step.ts'
import {type Environment, type EnvironmentRole, hostsOf} from './model.ts'
import type {Platform} from './platform.ts'

/** What a stage works on: asked of the ledger each time, because an earlier step may have written it. */
export type Environments = () => Promise<readonly Environment[]>

/** What one environment wants on each host of a role. */
export interface Stage {
  readonly role: EnvironmentRole
  wanted(environment: Environment, host: string): Promise<readonly Wanted[]> | readonly Wanted[]
}

/** The lock of an environment; whoever holds it may change what is named by its id. */
export function environmentLock(id: string): string {
  return `environment:${id}`
}

/** The lock of a host's share of an environment that is being placed on it. */
export function shareLock(host: string, id: string): string {
  return `host:${host}/${id}`
}

/** Something wanted on a machine, and the lock under which it is changed. */
export interface Part {
  readonly machine: Machine
  readonly wanted: readonly Wanted[]
  readonly lock: string
}

/** True when every environment's host is as these stages want it; all at once. */
export function onHosts(platform: Platform, environments: Environments, stages: readonly Stage[]): Fact {
  const onMachines = asWanted(async () => partsOf(platform, await environments(), stages))
  return {...onMachines, holds: async at => (await environments()).length > 0 && (await onMachines.holds(at))}
}

/**
 * True when these machines are as wanted, all at once. An attempt asks each once and applies once: it makes what it has
 * just found to differ, and does not ask again what applying has just proven. Asked with the fence: whatever a lost
 * connection left at work has ended then.
 */
export function asWanted(parts: () => Promise<readonly Part[]>): Fact {
  const differing = new WeakMap<At, readonly (Part & {readonly found: Plan})[]>()
  return provenByMaking({
    async holds(at) {
      const plans = (await parts()).map(async part => {
        return {...part, found: await part.machine.plan(part.wanted, at.fence(part.lock))}
      })
      const all = await Promise.all(plans)
      differing.set(at, all)
      return all.every(({found}) => found.changes.length === 0)
    },
    async make(at) {
      const all: readonly (Part & {readonly found?: Plan})[] = differing.get(at) ?? (await parts())
      differing.delete(at)
      await applyAll(all, at)
    },
  })
}

async function partsOf(
  platform: Platform,
  environments: readonly Environment[],
  stages: readonly Stage[],
): Promise<readonly Part[]> {
  const places = environments.flatMap(environment =>
    stages.flatMap(stage => hostsOf(environment, stage.role).map(host => ({environment, stage, host}))),
  )
  return Promise.all(
    places.map(async ({environment, stage, host}) => ({
      machine: await platform.machine(host),
      wanted: await stage.wanted(environment, host),
      lock: environmentLock(environment.id),
    })),
  )
}

async function applyAll(parts: readonly (Part & {readonly found?: Plan})[], at: At): Promise<void> {
  const done = await Promise.allSettled(
    parts.map(({machine, wanted, lock, found}) =>
      machine.apply(wanted, {fence: at.fence(lock), ...(found ? {found} : {})}),
    ),
  )
  // All have ended before one's trouble is told, so that nothing goes on behind a stopped run's back.
  const failed = done.find(one => one.status === 'rejected')
  if (failed) throw failed.reason
}

/** True when all of this is gone from every environment's hosts; made one list of stages after the other. */
export function goneFromHosts(
  platform: Platform,
  environments: Environments,
  lists: readonly (readonly Stage[])[],
): Fact {
  const ours = lists.map(stages => onHosts(platform, environments, stages))
  return {
    holds: async at => {
      if ((await environments()).length === 0) return true
      for (const fact of ours) if (!(await fact.holds(at))) return false
      return true
    },
    make: async at => {
      for (const fact of ours) await fact.make(at)
    },
  }
}

/** The same stage with everything gone, the last wanted first. */
export function without({role, wanted}: Stage): Stage {
  return {
    role,
    wanted: async (environment, host) =>
      (await wanted(environment, host)).map(one => ({...one, absent: true})).reverse(),
  }
}

/** The way back to where this is gone. */
export function backBy(gone: Fact): Undo {
  return {kind: 'by', undo: at => gone.make(at)}
}

/** Asks again and again until it is so, or gives up with what the last answer was. */
export async function until(
  platform: Pick<Platform, 'clock'>,
  {within, every, signal}: {within: number; every: number; signal: AbortSignal},
  attempt: () => Promise<string | undefined>,
): Promise<void> {
  const deadline = platform.clock.now().add({milliseconds: within})
  for (;;) {
    const missing = await attempt()
    if (missing === undefined) return
    if (platform.clock.now().epochMilliseconds >= deadline.epochMilliseconds) {
      throw new Failure('page-unreachable', missing)
    }
    await platform.clock.sleep(every, signal)
  }
}
