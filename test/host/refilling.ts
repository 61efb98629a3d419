import {join} from 'node:path'
import {Temporal} from 'temporal-polyfill'
import type {HostWorld} from '../../src/host/apply.ts'
import type {Host} from '../../src/host/model.ts'
import {inspect} from '../../src/host/preflight.ts'
import {edgeRefill} from '../../src/host/refill.ts'
import {edgeTicketKeys} from '../../src/host/ticket-keys.ts'
import type {Runbook} from '../../src/runbook/model.ts'
import type {Killable, Place} from '../support/killable.ts'
import {captured} from './captured.ts'
import {scripted} from './scripted.ts'

/** `edge-refill` on a scripted machine in a folder. */
export const killable = (place: Place) => onOneEdge(place, 'every-edge-has-free-backends', edgeRefill)

/** `edge-ticket-keys` likewise. */
export const rotating = (place: Place) => onOneEdge(place, 'every-edge-has-a-young-ticket-key', edgeTicketKeys)

function onOneEdge({folder}: Place, step: string, runbookOn: (world: HostWorld) => Runbook<object>): Killable {
  const machine = scripted(step, join(folder, 'machine.json'))
  const {facts} = inspect(captured.text, {roles: [], seconds: captured.clock, took: 0, networks: []})
  const host: Host = {
    ...{name: 'north-1', address: '10.77.1.11', site: 'north', roles: ['edge', 'presentation', 'edition'], facts},
    ...{hostKey: 'ssh-ed25519 AAAA', addedAt: Temporal.Instant.from('2026-11-22T11:00:00Z'), retiredAt: undefined},
  }
  const book = {
    fleet: async () => [host],
    named: async () => host,
    configured: async () => ({links: [], rows: []}),
  }
  return {
    runbook: runbookOn({ways: machine.ways, book}) as Runbook,
    begin: async () => ({}),
    state: async () => machine.there(),
    effects: async () => machine.effects(),
  }
}
