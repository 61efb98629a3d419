import type {Runbook} from '../runbook/model.ts'
import {runbook, step} from '../runbook/step.ts'
import type {HostWorld} from './apply.ts'
import {onEveryEdge} from './every-edge.ts'
import {edgePools} from './wanted.ts'

const lock = 'edge:pools'

/** When nobody works: 8 backends are always left for new tenants, and 32 are declared again. */
export const refillSchedule = {
  name: 'edge-refill',
  recurrence: '40 2 * * *',
  zone: 'Europe/Paris',
  runbook: 'edge-refill',
  input: {},
  catchUp: false,
} as const

/** Every edge has free backends for new tenants, loaded without a broken connection; one that is away gets them the next night. */
export function edgeRefill(world: HostWorld): Runbook<object> {
  const pools = {lock, wanted: edgePools, missing: 'Free backends could not be declared'}
  return runbook<object>({
    id: 'edge-refill',
    bySchedule: true,
    change: 'configuration',
    title: () => 'declare free backends',
    subject: () => 'edges',
    tenant: () => undefined,
    environments: () => [],
    locks: () => [lock],
    steps: () => [step('every-edge-has-free-backends', onEveryEdge(world, pools), {within: 'PT0S'})],
  })
}
