import type {Anchors} from '../ledger/anchor.ts'
import {host as hostRow, putHost, removeHost} from '../ledger/host.ts'
import type {Ledger} from '../ledger/ledger.ts'
import {program} from '../render/render.ts'
import type {Runbook} from '../runbook/model.ts'
import type {World} from '../world.ts'
import {type HostAddWorld, type HostRecords, hostAdd} from './add.ts'
import {hostApply} from './apply.ts'
import {bookOf} from './list.ts'
import {asHost} from './model.ts'
import {anchorPin} from './pinned.ts'
import {edgeRefill} from './refill.ts'
import {edgeTicketKeys} from './ticket-keys.ts'
import type {Bootstrap} from './ways.ts'

/** `host-add` with the collaborators of this process; without the key when a run is taken up again. */
export async function buildHostAdd(world: World, bootstrap?: Bootstrap): Promise<Runbook> {
  return hostAdd(await hostAddWorld(world, bootstrap)) as Runbook
}

/** `host-apply` with the collaborators of this process. */
export async function buildHostApply(world: World): Promise<Runbook> {
  return hostApply({book: bookOf(await world.ledger()), ways: await world.ways()}) as Runbook
}

/** `edge-refill` with the collaborators of this process. */
export async function buildEdgeRefill(world: World): Promise<Runbook> {
  return edgeRefill({book: bookOf(await world.ledger()), ways: await world.ways()}) as Runbook
}

/** `edge-ticket-keys` with the collaborators of this process. */
export async function buildEdgeTicketKeys(world: World): Promise<Runbook> {
  return edgeTicketKeys({book: bookOf(await world.ledger()), ways: await world.ways()}) as Runbook
}

/** What adopting needs of the world. */
export async function hostAddWorld(world: World, bootstrap?: Bootstrap): Promise<HostAddWorld> {
  const [ledger, ways, anchors] = await Promise.all([world.ledger(), world.ways(), world.anchors()])
  return {
    records: recordsOf(ledger, anchors),
    ways,
    clock: world.clock,
    program: program('preflight.sh'),
    ...(bootstrap === undefined ? {} : {bootstrap}),
  }
}

/** Hosts as the ledger keeps them; a retired one is not there. */
export function recordsOf(ledger: Ledger, anchors?: Anchors): HostRecords {
  return {
    find: async name => {
      const row = await hostRow(ledger, name)
      return row && row.retiredAt === undefined ? asHost(row) : undefined
    },
    put: async host => {
      await putHost(ledger, {...host, facts: {...host.facts}})
      if (anchors) await anchorPin(anchors, host)
    },
    remove: async name => {
      await removeHost(ledger, name)
      await anchors?.remove('host', name)
    },
  }
}
