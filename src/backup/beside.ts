import type {Environment} from '../environment/model.ts'
import type {Platform} from '../environment/steps.ts'
import type {Wanted} from '../machine/model.ts'
import {pairOf, repositoryOf} from './pair.ts'
import {databaseEnd, databaseSchedule, repositoryEnd, repositorySchedule} from './wanted.ts'

/** What stands on both hosts for the backups of an environment that has them: settings, certificates, names, timers. */
export function backupsBeside(platform: Platform): {
  hosts(environment: Environment): readonly string[]
  wanted(environment: Environment, host: string): Promise<readonly Wanted[]>
} {
  return {
    hosts: environment => (environment.archived ? [repositoryOf(environment)] : []),
    wanted: async (environment, host) => {
      if (!environment.archived) return []
      const pair = await pairOf(platform, environment)
      if (host === pair.database.host) return [...databaseEnd(pair), ...databaseSchedule(pair)]
      return host === pair.repository.host ? [...repositoryEnd(pair), ...repositorySchedule(pair)] : []
    },
  }
}
