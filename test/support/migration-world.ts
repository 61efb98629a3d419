// A customer in service in the ledger, and a version on the shelf.
import type {Test} from 'tap'
import {Temporal} from 'temporal-polyfill'
import {changeMigration} from '../../src/ledger/migration.ts'
import {addRelease} from '../../src/ledger/release.ts'
import {states, type Tried} from '../../src/migration/model.ts'
import {standing} from './tenant-trials.ts'
import {type TenantWorld, tenantWorld} from './tenant-world.ts'

export const now = Temporal.Instant.from('2026-11-20T09:00:00Z')
export const checklist = [{check: 'sign-in', ok: true}]
export const ask = {tenant: 'acme', to: '0.2.0', by: 'jdoe', ticket: 'EV-1'}
export const operator = 'ann@cmc.test'
export const tried: Tried = {
  ...{run: 'r1', operator, build: 'a', dataOf: '2026-11-19T09:00:00Z', at: '2026-11-19T10:00:00Z'},
  seconds: {closed: 7.5},
}

/** acme in service at 0.1.0, with 0.2.0 on the shelf; time stands at `now`. */
export async function world(t: Test): Promise<TenantWorld> {
  const made = await tenantWorld(t)
  await standing(made)
  const {ledger} = made
  await ledger.owner.all`update environment set phase = 'production' where name = 'production'`
  for (const [version, schemaLevel, from] of [
    ['0.1.0', 1, 0],
    ['0.2.0', 2, 0],
    ['0.5.0', 5, 2],
  ] as const) {
    const manifest = {schema: {from, to: schemaLevel}}
    const file = {sha256: version, size: 1, signature: 's', manifest}
    await addRelease(ledger, {version, architecture: 'x64', schemaLevel, ...file})
  }
  return {...made, platform: {...made.platform, clock: {now: () => now, sleep: async () => {}}}}
}

/** As when qualification had been brought there and handed over. */
export async function handedOver({ledger}: TenantWorld, id: string): Promise<void> {
  await changeMigration(ledger, {id, from: states}, {state: 'awaiting-validation', slot: null, detail: {tried}})
  await ledger.owner.all`update environment set version = '0.2.0' where name = 'qualification'`
}

export const at = Temporal.Instant.from('2026-11-24T21:00:00Z')
export const proposed = {at, operator, usersInformed: true, teamReady: true}
