import {type Environment, hostOf} from '../environment/model.ts'
import {type Environments, type Platform, until} from '../environment/steps.ts'
import {servedCertificate} from '../ledger/certificate-life.ts'
import type {Fact} from '../runbook/step.ts'

/** Every page answers over https as its phase says: closed in the installation (R117), open afterwards. */
export function pagesAnswer(platform: Platform, environments: Environments): Fact {
  return {
    holds: async () => (await wrongPages(platform, await environments())).length === 0,
    make: async at => {
      const all = await environments()
      // The edge asks a new backend twice a second.
      await until(
        platform,
        {within: 20_000, every: 100, signal: at.signal},
        async () => (await wrongPages(platform, all))[0],
      )
    },
  }
}

async function wrongPages(platform: Platform, environments: readonly Environment[]): Promise<readonly string[]> {
  const {certificate} = await platform.authority()
  const pages = environments.flatMap(environment =>
    Object.values(environment.hostnames).map(async hostname => {
      const own = await servedCertificate(platform.ledger, hostname)
      const ca = own === undefined || own.source === 'internal' ? certificate : own.chain
      const {status} = await platform.page({hostname, address: environment.address, ca})
      const wanted = environment.phase === 'installation' ? [503] : [200, 303, 302]
      if (wanted.includes(status)) return []
      return [`https://${hostname}/ on ${hostOf(environment, 'edge')} answers ${status}, not ${wanted[0]}.`]
    }),
  )
  return (await Promise.all(pages)).flat()
}
