import t from 'tap'
import {Temporal} from 'temporal-polyfill'
import {listEnvironments} from '../../src/environment/list.ts'
import {environmentRows} from '../../src/environment/view.ts'
import type {CodedError} from '../../src/error.ts'
import {changeMigration, insertMigration, migrationById} from '../../src/ledger/migration.ts'
import {deliveriesOf, notices} from '../../src/ledger/notice.ts'
import {operations} from '../../src/ledger/operation.ts'
import {withdrawRelease} from '../../src/ledger/release.ts'
import {abandonMigration, agreeMigration, rejectMigration, validateMigration} from '../../src/migration/decide.ts'
import {listMigrations, showMigration} from '../../src/migration/list.ts'
import {allowed, states, type Verb, verbs} from '../../src/migration/model.ts'
import {readyToRollBack, readyToRun} from '../../src/migration/ready.ts'
import {acknowledge, askAssistance, requestMigration} from '../../src/migration/request.ts'
import {proposeProduction, scheduleQualification} from '../../src/migration/schedule.ts'
import {ask, at, checklist, handedOver, now, operator, proposed, tried, world} from '../support/migration-world.ts'

t.setTimeout(300_000)

t.test('what a customer asks for is written down, one at a time, and only what can be reached', async t => {
  const {ledger} = await world(t)
  await t.rejects(requestMigration(ledger, now, {...ask, tenant: 'nobody'}), {code: 'not-found'})
  await t.rejects(requestMigration(ledger, now, {...ask, by: 'nobody'}), {code: 'contact-unfit'})
  await t.rejects(requestMigration(ledger, now, {...ask, to: '0.1.0'}), {code: 'release-unfit', message: /not newer/})
  await t.rejects(requestMigration(ledger, now, {...ask, to: '0.5.0'}), {code: 'release-unfit', message: /level 2/})
  const row = await requestMigration(ledger, now, ask)
  t.match(row, {state: 'requested', detail: {from: '0.1.0'}})
  await t.rejects(requestMigration(ledger, now, ask), {code: 'migration-state', facts: {migration: row.id}})
  await acknowledge(ledger, now, {id: row.id, by: 'jdoe', done: ['users-trained']})
  await askAssistance(ledger, now, {id: row.id, by: 'jdoe', whom: 'a partner', what: 'new procedures'})
  t.match(await showMigration(ledger, row.id), {
    preparation: {'users-trained': {by: 'jdoe'}},
    assistance: [{whom: 'a partner'}],
    next: [/--environment qualification/],
  })
  t.match(await listMigrations(ledger, {all: false}), {items: [{id: row.id}]})
  const shown = await listEnvironments(ledger, {tenant: 'acme', caFile: 'ca.pem'})
  const coming = {version: '0.2.0', migration: row.id, state: 'requested'}
  t.match(shown, {
    items: [
      {version: '0.1.0', coming},
      {name: 'acme/qualification', coming},
    ],
  })
  t.match(environmentRows(shown), {
    rows: [['acme/production', /^e/, 'production', `0.1.0 → 0.2.0 (requested, ${row.id})`]],
  })
  await ledger.owner.all`update environment set phase = 'implementation'`
  await abandonMigration(ledger, now, {id: row.id, why: 'x'})
  await t.rejects(requestMigration(ledger, now, ask), {code: 'backup-inactive'})
})

t.test('qualification gets a date, and the customer hears what is lost there', async t => {
  const {ledger} = await world(t)
  const {id} = await requestMigration(ledger, now, ask)
  const dated = {id, at, operator}
  await t.rejects(scheduleQualification(ledger, now, {...dated, minutes: 1441}), {message: /R136/})
  await t.rejects(scheduleQualification(ledger, now, {...dated, at: now.subtract({hours: 1})}), {message: /passed/})
  const row = await scheduleQualification(ledger, now, dated)
  t.equal(row.state, 'qualification-planned')
  t.same([`${row.fromAt}`, `${row.untilAt}`], [`${at}`, `${at.add({hours: 4})}`])
  const [notice] = await notices(ledger, {limit: 1, tenant: 'acme'})
  const [copy] = await deliveriesOf(ledger, [notice?.id ?? ''])
  t.match(copy, {subject: /acme\/qualification/, body: /export/, invitation: /DTSTART/})
  const moved = await scheduleQualification(ledger, now, {...dated, at: at.add({hours: 24})})
  t.not(moved.operation, row.operation)
  t.match(await operations(ledger, {ids: [row.operation ?? '']}), [{state: 'cancelled'}])
  await withdrawRelease(ledger, {version: '0.2.0', why: 'slow', operator, at: now})
  await t.rejects(scheduleQualification(ledger, now, dated), {code: 'release-unfit', message: /withdrawn/})
})

t.test('production is planned on the word of two: who validated this build, and who agreed on the instant', async t => {
  const made = await world(t)
  const {ledger, platform} = made
  const {id} = await requestMigration(ledger, now, ask)
  await t.rejects(proposeProduction(platform, {id, ...proposed}), {code: 'migration-gate', message: /nobody/})
  await handedOver(made, id)
  await t.rejects(validateMigration(ledger, now, {id, by: 'secu', checklist}), {code: 'contact-unfit'})
  const failed = [{check: 'search', ok: false}]
  await t.rejects(validateMigration(ledger, now, {id, by: 'jdoe', checklist: failed}), {message: /search/})
  t.match(await validateMigration(ledger, now, {id, by: 'jdoe', checklist}), {state: 'validated'})
  await t.rejects(proposeProduction(platform, {id, ...proposed, usersInformed: false}), {message: /R149/})
  await t.rejects(proposeProduction(platform, {id, ...proposed, minutes: 60}), {message: /R148/})
  await t.rejects(proposeProduction(platform, {id, ...proposed, at: now.add({hours: 71})}), {code: 'calendar-needs'})
  const frozen = Temporal.Instant.from('2026-12-29T21:00:00Z')
  await t.rejects(proposeProduction(platform, {id, ...proposed, at: frozen}), {code: 'calendar-refused'})
  t.match(await proposeProduction(platform, {id, ...proposed}), {state: 'production-proposed', operation: undefined})
  t.strictSame(await operations(ledger), [], 'nothing is on the calendar on our word alone')
  await t.rejects(agreeMigration(platform, {id, by: 'secu', operator}), {code: 'contact-unfit'})
  const other = {id, by: 'jdoe', at: at.add({hours: 1}), operator}
  await t.rejects(agreeMigration(platform, other), {code: 'migration-state', message: /not proposed/})
  const row = await agreeMigration(platform, {id, by: 'jdoe', operator})
  t.match(await operations(ledger), [{id: row.operation, agreedBy: 'jdoe', change: 'migration', state: 'planned'}])
  t.match(await showMigration(ledger, id), {planningHours: 0, agreement: {instant: at.toString()}})
  await t.rejects(readyToRun(platform, id), {code: 'migration-state', message: /not yet/})
  const again = await proposeProduction(platform, {id, ...proposed, at: at.add({hours: 24})})
  t.match(again, {state: 'production-proposed', operation: undefined}, 'another date needs another word')
  t.match(await operations(ledger), [{state: 'cancelled'}])
})

t.test('a validation is void for another build, and once qualification was refreshed', async t => {
  const made = await world(t)
  const {ledger, platform} = made
  const {id} = await requestMigration(ledger, now, ask)
  await handedOver(made, id)
  await validateMigration(ledger, now, {id, by: 'jdoe', checklist})
  const release: typeof platform.release = async (version, host) => {
    const found = await platform.release(version, host)
    return {...found, wanted: {...found.wanted, archive: {...found.wanted.archive, sha256: 'another'}}}
  }
  await t.rejects(proposeProduction({...platform, release}, {id, ...proposed}), {message: /another build/})
  await scheduleQualification(ledger, now, {id, at, operator})
  t.match(await showMigration(ledger, id), {state: 'qualification-planned', validation: undefined})
  await handedOver(made, id)
  await rejectMigration(ledger, now, {id, by: 'jdoe', why: 'no'})
  await t.rejects(proposeProduction(platform, {id, ...proposed}), {code: 'migration-state'})
})

t.test('without qualification it is said why, and that is shown', async t => {
  const {ledger, platform} = await world(t)
  await ledger.owner.all`delete from environment where name = 'qualification'`
  const {id} = await requestMigration(ledger, now, ask)
  await t.rejects(scheduleQualification(ledger, now, {id, at, operator}), {code: 'environment-unsubscribed'})
  await t.rejects(proposeProduction(platform, {id, ...proposed}), {code: 'migration-gate', message: /R038/})
  await proposeProduction(platform, {id, ...proposed, waiver: 'the contract has none'})
  await agreeMigration(platform, {id, by: 'jdoe', operator})
  t.match(await showMigration(ledger, id), {state: 'production-planned', waiver: 'the contract has none'})
})

t.test(
  'every verb in every state: done where it may be, else refused with where it stands, and nothing moved',
  async t => {
    const made = await world(t)
    const {ledger, platform} = made
    const tries: Record<Verb, (id: string) => Promise<unknown>> = {
      prepare: id => acknowledge(ledger, now, {id, by: 'jdoe', done: ['users-trained']}),
      assist: id => askAssistance(ledger, now, {id, by: 'jdoe', whom: 'x', what: 'y'}),
      'schedule qualification': id => scheduleQualification(ledger, now, {id, at, operator}),
      validate: id => validateMigration(ledger, now, {id, by: 'jdoe', checklist}),
      reject: id => rejectMigration(ledger, now, {id, by: 'jdoe', why: 'no'}),
      'schedule production': id => proposeProduction(platform, {id, ...proposed}),
      agree: id => agreeMigration(platform, {id, by: 'jdoe', operator}),
      run: id => readyToRun(platform, id),
      rollback: id => readyToRollBack(platform, id),
      abandon: id => abandonMigration(ledger, now, {id, why: 'no'}),
    }
    const validation = {
      by: 'jdoe',
      email: 'j@acme.test',
      at: now.toString(),
      build: 'a',
      dataOf: tried.dataOf,
      checklist,
    }
    const safety = {label: 'x', run: 'r1', timeline: 1}
    const detail = {from: '0.1.0', tried, validation, proposal: {}, safety, closed: {}}
    for (const state of states)
      for (const verb of verbs) {
        const id = `g-${state}-${verb}`.replaceAll(' ', '-')
        await insertMigration(ledger, {
          id,
          tenant: 'acme',
          version: '0.2.0',
          askedBy: 'jdoe',
          ticket: 'T',
          askedAt: now,
          detail,
        })
        const slot = {fromAt: at, untilAt: at.add({hours: 2})}
        await changeMigration(ledger, {id, from: states}, {state, slot})
        await ledger.owner.all`update environment set version = '0.2.0' where name = 'qualification'`
        const runs = state === 'done' ? '0.2.0' : '0.1.0'
        await ledger.owner.all`update environment set version = ${runs} where name = 'production'`
        const before = await migrationById(ledger, id)
        const said = await tries[verb](id).then(
          () => 'done',
          (error: CodedError) => error.code,
        )
        if (allowed[verb].includes(state))
          t.ok(said !== 'migration-state' || verb === 'run', `${verb} when ${state}: ${said}`)
        else {
          t.equal(said, 'migration-state', `${verb} when ${state}`)
          t.equal(JSON.stringify(await migrationById(ledger, id)), JSON.stringify(before), 'and nothing moved')
        }
        await ledger.owner.all`delete from migration`
        await ledger.owner.all`delete from operation`
        await ledger.owner.all`delete from notice`
      }
  },
)

t.test('only the last migration is rolled back, and only while production runs what it brought', async t => {
  const {ledger, platform} = await world(t)
  const safety = {label: 'x', run: 'r1', timeline: 1}
  const about = {tenant: 'acme', version: '0.2.0', askedBy: 'jdoe', ticket: 'T', askedAt: now}
  await insertMigration(ledger, {id: 'g-first', ...about, detail: {from: '0.1.0', safety, closed: {}}})
  await changeMigration(ledger, {id: 'g-first', from: states}, {state: 'done'})
  const back = () => readyToRollBack(platform, 'g-first')
  await t.rejects(back(), {code: 'migration-state', message: /production runs 0\.1\.0/})
  await ledger.owner.all`update environment set version = '0.2.0' where name = 'production'`
  t.match(await back(), {input: {from: '0.2.0', to: '0.1.0'}})
  await insertMigration(ledger, {id: 'g-next', ...about, askedAt: now.add({minutes: 1}), detail: {}})
  await t.rejects(back(), {code: 'migration-state', message: /migration g-next came after it/})
})
