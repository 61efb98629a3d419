import {beginTenant} from '../../src/tenant/begin.ts'
import {tenantCreate} from '../../src/tenant/create.ts'
import type {Killable, Place} from './kill.ts'
import {acme, putSites, tenantWorldOn} from './tenant-world.ts'

/** Creating a tenant, in a world that outlives its process. */
export function killable({ledger, folder}: Place): Killable {
  const world = tenantWorldOn(ledger, {keys: folder, folder})
  return {
    runbook: tenantCreate(world.platform),
    begin: async () => {
      await putSites(ledger)
      const beginning = {ledger, clock: world.platform.clock, newestRelease: async () => '0.1.0'}
      return beginTenant(beginning, {contract: acme, hosts: {}})
    },
    state: () => world.state(),
    effects: async () =>
      Object.fromEntries(
        ['north-1', 'north-2'].flatMap(host =>
          // What all environments of a host share is assembled anew for each.
          [...world.machine(host).effects]
            .filter(([what]) => !what.includes('haproxy'))
            .map(([what, times]) => [`${host} ${what}`, times]),
        ),
      ),
  }
}
