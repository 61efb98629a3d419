// A runbook that changes a tenant's hosts while people see a page, as a restore or a migration does.

import {environmentLock, environmentsNamed, meanwhile, platformOf} from '../../src/environment/steps.ts'
import type {Wanted} from '../../src/machine/model.ts'
import type {Runbook, Step} from '../../src/runbook/model.ts'
import {during, runbook, step} from '../../src/runbook/step.ts'
import type {World} from '../../src/world.ts'

export interface PageInput {
  readonly tenant: string
  readonly environment: {readonly id: string; readonly host: string}
  /** ISO 8601. */
  readonly atMost: string
}

export async function bookOn(world: World): Promise<Runbook> {
  const platform = await platformOf(world)
  const steps = ({tenant, environment: {id, host}, atMost}: PageInput): readonly Step[] => {
    const {open, close} = meanwhile(platform, environmentsNamed(platform, tenant, [id]), {mode: 'closed', atMost})
    const made = (name: string): Step => {
      const path = `/etc/selfhelp/${name}`
      const wanted: Wanted[] = [{kind: 'directory', path, owner: 'root', group: 'root', mode: '0755'}]
      const machine = () => platform.machine(host)
      return step(name, {
        holds: async () => (await (await machine()).plan(wanted)).changes.length === 0,
        make: async at => void (await (await machine()).apply(wanted, {fence: at.fence(environmentLock(id))})),
      })
    }
    return during('people-see-a-page', open, close, [made('old-is-put-away'), made('new-is-in-place')])
  }
  return runbook<PageInput>({
    id: 'page',
    change: 'configuration',
    title: ({tenant}) => `change ${tenant} behind a page`,
    subject: ({tenant}) => tenant,
    tenant: ({tenant}) => tenant,
    environments: ({tenant}) => [`${tenant}/production`],
    locks: ({environment}) => [environmentLock(environment.id)],
    steps,
  }) as Runbook
}
