import type {Runbook} from '../runbook/model.ts'
import {runbook, step} from '../runbook/step.ts'
import type {HostWorld} from './apply.ts'
import {edgeTickets} from './edge.ts'
import {onEveryEdge} from './every-edge.ts'

const lock = 'edge:ticket-keys'

/** Three times a day; a key seals for eight hours and is gone after a day. */
export const ticketSchedule = {
  name: 'edge-ticket-keys',
  recurrence: '25 */8 * * *',
  zone: 'UTC',
  runbook: 'edge-ticket-keys',
  input: {},
  catchUp: true,
} as const

/** Less than the schedule's eight hours: a run that was late keeps no next one from its turn. */
const newestWithin = 6 * 3600

/** Every edge seals session tickets with a younger key; what was sealed before is still opened until its key is the oldest. */
export function edgeTicketKeys(world: HostWorld): Runbook<object> {
  const wanted = () => [{...edgeTickets, newestWithin}]
  const keys = {lock, wanted, missing: 'Keys of session tickets could not be rotated'}
  return runbook<object>({
    id: 'edge-ticket-keys',
    bySchedule: true,
    change: 'configuration',
    title: () => 'rotate the keys of session tickets',
    subject: () => 'edges',
    tenant: () => undefined,
    environments: () => [],
    locks: () => [lock],
    steps: () => [step('every-edge-has-a-young-ticket-key', onEveryEdge(world, keys), {within: 'PT0S'})],
  })
}
