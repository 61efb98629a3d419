import type {Fact} from '../runbook/step.ts'
import {lettingIn, ready, releases} from './building.ts'
import {type Environment, hostOf, type RuntimeState} from './model.ts'
import type {Platform} from './platform.ts'
import {schema} from './schema.ts'
import {type Environments, onHosts, type Stage} from './stage.ts'
import {services} from './wanted.ts'

/** What the services let in meanwhile. */
export type StateOf = (environment: Environment) => Promise<RuntimeState>

/** The same environments as they are to be. */
export function atVersion(environments: Environments, version: string): Environments {
  return async () => (await environments()).map(one => ({...one, version}))
}

/** The release they are to run is unpacked on their hosts; nothing uses it yet. */
export function staged(platform: Platform, environments: Environments): Fact {
  const {holds, make} = releases(platform, environments)
  return {holds, make}
}

/** Their schemas stand at the level of the release they are to run, brought there by its own unit. */
export function migrated(platform: Platform, environments: Environments, state: StateOf): Fact {
  const level: Stage = {
    role: 'database',
    wanted: async environment => {
      const {schemaLevel} = await platform.release(environment.version, hostOf(environment, 'database'))
      return [...services(environment, await state(environment)), ...schema(environment, schemaLevel)]
    },
  }
  return onHosts(platform, environments, [level])
}

/** Their services run that release on every host, let in what `state` says, and are ready. */
export function switched(platform: Platform, environments: Environments, state: StateOf): Fact {
  return ready(platform, environments, lettingIn(platform, environments, state))
}
