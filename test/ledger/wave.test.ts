import t from 'tap'
import {Temporal} from 'temporal-polyfill'
import {changeMigration, insertMigration} from '../../src/ledger/migration.ts'
import {addRelease} from '../../src/ledger/release.ts'
import {states} from '../../src/migration/model.ts'
import {assertTurn, batchesOf, createWave, haltWaves, listWaves, showWave, turnWave} from '../../src/migration/wave.ts'
import {freshLedger} from '../support/ledger.ts'
import {inService} from '../support/platform.ts'

t.setTimeout(300_000)

const now = Temporal.Instant.from('2026-11-20T09:00:00Z')
const version = '0.2.0'

t.test('a few go first, then parts of all, in the order they were named', async t => {
  const tenants = Array.from({length: 12}, (_, n) => `t${n}`)
  const sizes = (canary: number, percent: number) => {
    const batches = batchesOf({tenants, canary, percent}).map(({batch}) => batch)
    return Object.values(Object.groupBy(batches, batch => batch)).map(each => each?.length)
  }
  t.strictSame(sizes(1, 10), [1, 2, 2, 2, 2, 2, 1])
  t.strictSame(sizes(2, 100), [2, 10])
  t.strictSame(sizes(12, 10), [12])
})

t.test(
  'a tenant waits until all before it are done, and a failure halts the wave until somebody lets it go on',
  async t => {
    const ledger = await freshLedger(t)
    const all = ['acme', 'bolt', 'cobalt']
    for (const tenant of all) await inService(ledger, {tenant})
    const asked = {version, tenants: all, canary: 1, percent: 50, operator: 'ann@cmc.test'}
    await t.rejects(createWave(ledger, now, asked), {code: 'not-found'}, 'to a version that is there')
    for (const [each, level] of [
      ['0.1.0', 1],
      [version, 2],
    ] as const) {
      const manifest = {schema: {from: 0, to: level}}
      const file = {sha256: each, size: 1, signature: 's', manifest}
      await addRelease(ledger, {version: each, architecture: 'x64', schemaLevel: level, ...file})
    }
    await t.rejects(createWave(ledger, now, {...asked, tenants: ['acme', 'acme']}), {code: 'input-invalid'})
    const {id} = await createWave(ledger, now, asked)
    t.match(await showWave(ledger, id), {
      state: 'running',
      batch: 1,
      items: [{tenant: 'acme', batch: 1}, {batch: 2}, {}],
    })
    for (const tenant of all) {
      const about = {askedBy: 'jdoe', ticket: 'T', askedAt: now, detail: {}}
      await insertMigration(ledger, {id: `g-${tenant}`, tenant, version, ...about})
    }
    const turn = (tenant: string) => assertTurn(ledger, {tenant, version})
    await turn('acme')
    await t.rejects(turn('bolt'), {code: 'migration-gate', message: /before it come acme/})
    await haltWaves(ledger, {tenant: 'acme', version, why: 'acme went back'})
    await t.rejects(turn('acme'), {message: /halted: acme went back/})
    await turnWave(ledger, {id, state: 'running', why: ''})
    await changeMigration(ledger, {id: 'g-acme', from: states}, {state: 'done'})
    await turn('bolt')
    await turn('cobalt')
    await ledger.owner.all`delete from migration where tenant = 'acme'`
    await t.rejects(turn('bolt'), {message: /before it come acme/})
    await ledger.owner.all`update environment set version = ${version} where tenant = 'acme'`
    await turn('bolt')
    await turnWave(ledger, {id, state: 'paused', why: 'week-end'})
    await t.rejects(turn('bolt'), {message: /paused: week-end/})
    t.match(await listWaves(ledger), {items: [{id, state: 'paused', batch: 2}]})
    await assertTurn(ledger, {tenant: 'bolt', version: '0.3.0'})
    await t.rejects(showWave(ledger, 'nobody'), {code: 'not-found'})
  },
)
