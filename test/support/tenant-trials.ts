// The runbooks about tenants, each in a world of scripted machines that outlives its process.
import {readFileSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import type {Platform} from '../../src/environment/steps.ts'
import type {Ledger} from '../../src/ledger/ledger.ts'
import type {Runbook} from '../../src/runbook/model.ts'
import {contractUpdate, readyToAmend} from '../../src/tenant/amend.ts'
import {beginEnvironment, beginTenant} from '../../src/tenant/begin.ts'
import {environmentAdd, tenantCreate} from '../../src/tenant/create.ts'
import {farewellExpire} from '../../src/tenant/expire.ts'
import {readyToHandOver, tenantHandOver} from '../../src/tenant/hand-over.ts'
import {readyToInvite, tenantInvite} from '../../src/tenant/invite.ts'
import {readyToRemove, tenantRemove} from '../../src/tenant/remove.ts'
import type {Killable, Place} from './killable.ts'
import {memoryRun} from './memory-run.ts'
import {acme, putSites, type TenantWorld, tenantWorldOn} from './tenant-world.ts'

type World = TenantWorld<Ledger>

const smaller = {...acme, environments: {production: {topology: 'single' as const}}}

/** What a bracket in which services let in less writes and has them read. */
const held = /state\.json$| unit e\w{6}-(?:presentation|edition)\.service$/

export const creation = (place: Place) =>
  trial(place, tenantCreate, {begin: world => beginTenant(beginningOf(world), typed)})

export const update = (place: Place) =>
  trial(place, contractUpdate, {
    begin: async world => {
      await standing(world)
      const file = join(place.folder, 'contract.yaml')
      // JSON is YAML.
      writeFileSync(file, JSON.stringify({...acme, legalName: 'ACME Holding SA', locale: 'en'}))
      const {ledger, platform} = world
      return (await readyToAmend({ledger, clock: platform.clock}, {tenant: 'acme', file})).input
    },
  })

export const addition = (place: Place) =>
  trial(place, environmentAdd, {
    begin: async world => {
      await standing(world, smaller)
      await world.ledger.all`update tenant set contract = ${JSON.stringify(acme)}`
      return beginEnvironment(beginningOf(world), {environment: 'acme/qualification', hosts: []})
    },
  })

export const handOver = (place: Place) =>
  trial(place, tenantHandOver, {
    begin: async world => {
      await standing(world)
      // Links that are a day old are made anew.
      await world.ledger.all`update document set created_at = '2026-01-01T00:00:00Z'`
      return readyToHandOver(world.ledger, 'acme', {by: 'jdoe'})
    },
  })

export const invitation = (place: Place) =>
  trial(place, tenantInvite, {
    begin: async world => {
      await standing(world)
      return readyToInvite(world.ledger, 'acme')
    },
  })

export const removal = (place: Place) =>
  trial(place, tenantRemove, {
    // Whoever resumes makes an opening anew, with a later end.
    renewed: held,
    begin: async world => {
      await standing(world)
      return readyToRemove(world.ledger, 'acme', {home: place.folder, keep: 'P30D'})
    },
  })

export const expiry = (place: Place) =>
  trial(place, farewellExpire, {
    begin: async world => {
      await standing(world)
      const input = await readyToRemove(world.ledger, 'acme', {home: place.folder, keep: '-P1D'})
      await follow(tenantRemove(world.platform), input)
      return {}
    },
  })

/** A runbook in such a world. */
export function trial(
  {ledger, folder}: Place,
  bookOn: (platform: Platform) => Runbook<never>,
  {begin, renewed = /^$/}: {begin(world: World): Promise<unknown>; renewed?: RegExp},
): Killable {
  const world = tenantWorldOn(ledger, {keys: folder, folder})
  const before = join(folder, 'effects-before.json')
  return {
    runbook: bookOn(world.platform) as unknown as Runbook,
    begin: async () => {
      await putSites(ledger)
      const input = await begin(world)
      if (input === undefined) throw new Error('there is nothing to do')
      writeFileSync(before, JSON.stringify(effectsIn(world)))
      return input
    },
    state: () => world.state(),
    effects: async () => {
      const earlier = JSON.parse(readFileSync(before, 'utf8')) as Record<string, number>
      const ours = Object.entries(effectsIn(world)).filter(([what]) => !renewed.test(what))
      const now = ours.map(([what, times]) => [what, times - (earlier[what] ?? 0)])
      return Object.fromEntries(now) as Record<string, number>
    },
  }
}

const typed = {contract: acme, hosts: {}}

function beginningOf({ledger, platform}: World) {
  return {ledger, clock: platform.clock, newestRelease: async () => '0.1.0'}
}

/** Brings a tenant to where it stands. */
export async function standing(world: World, contract = acme): Promise<void> {
  await follow(tenantCreate(world.platform), await beginTenant(beginningOf(world), {...typed, contract}))
}

async function follow(book: Runbook<never>, input: unknown): Promise<void> {
  const at = {operator: 'ann@cmc.test', reason: undefined, fence: (lock: string) => ({lock, run: 'before', epoch: 1})}
  const end = await memoryRun({at}).follow(book.steps(input as never))
  if (end.state !== 'done') throw new Error(`${book.id} ended ${JSON.stringify(end)}`)
}

/** How often what happened on each host; an attempt at an action that must be made anew has a name of its own. */
function effectsIn(world: World): Record<string, number> {
  const counted: Record<string, number> = {}
  for (const host of ['north-1', 'north-2', 'south-1'])
    for (const [what, times] of world.machine(host).effects) {
      // What all environments of a host share is assembled anew for each.
      if (what.includes('haproxy')) continue
      const name = `${host} ${what.replace(/^(act .*)-(?:[0-9a-f]{8}|\d{15,})$/, '$1')}`
      counted[name] = (counted[name] ?? 0) + times
    }
  return counted
}
