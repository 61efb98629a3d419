import {Failure} from '../error.ts'
import type {Wanted} from '../machine/model.ts'
import type {At, Undo} from '../runbook/model.ts'
import type {Fact} from '../runbook/step.ts'
import {type Environment, type EnvironmentRole, hostOf} from './model.ts'
import type {Platform} from './platform.ts'

/** What a stage works on: asked of the ledger each time, because an earlier step may have written it. */
export type Environments = () => Promise<readonly Environment[]>

/** What one environment wants on the host of a role. */
export interface Stage {
  readonly role: EnvironmentRole
  wanted(environment: Environment): Promise<readonly Wanted[]> | readonly Wanted[]
}

/** The lock of an environment; whoever holds it may change what is named by its id. */
export function environmentLock(id: string): string {
  return `environment:${id}`
}

/**
 * True when every environment's host is as these stages want it; one exchange each, all at once. Right after it was made
 * nothing is asked: to apply ends with asking again, and what is left then is a Bug there.
 */
export function onHosts(platform: Platform, environments: Environments, stages: readonly Stage[]): Fact {
  let proven = false
  return {
    async holds() {
      if (proven) {
        proven = false
        return true
      }
      const all = await environments()
      if (all.length === 0) return false
      const plans = await Promise.all(
        pairs(all, stages).map(async ([environment, stage]) =>
          (await platform.machine(hostOf(environment, stage.role))).plan(await stage.wanted(environment)),
        ),
      )
      return plans.every(plan => plan.changes.length === 0)
    },
    make: async at => {
      await applyOnHosts(platform, await environments(), {stages, at})
      proven = true
    },
  }
}

/** Makes it so; an environment that is in nobody's ledger any more has nothing left to change. */
async function applyOnHosts(
  platform: Platform,
  environments: readonly Environment[],
  {stages, at}: {stages: readonly Stage[]; at: At},
): Promise<void> {
  const done = await Promise.allSettled(
    pairs(environments, stages).map(async ([environment, stage]) => {
      const machine = await platform.machine(hostOf(environment, stage.role))
      await machine.apply(await stage.wanted(environment), {fence: at.fence(environmentLock(environment.id))})
    }),
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
  return {role, wanted: async environment => (await wanted(environment)).map(one => ({...one, absent: true})).reverse()}
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

function pairs(environments: readonly Environment[], stages: readonly Stage[]): readonly [Environment, Stage][] {
  return environments.flatMap(environment => stages.map((stage): [Environment, Stage] => [environment, stage]))
}
