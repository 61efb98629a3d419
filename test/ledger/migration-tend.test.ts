import t from 'tap'
import {Temporal} from 'temporal-polyfill'
import {Refusal} from '../../src/error.ts'
import {events} from '../../src/ledger/event.ts'
import {changeMigration, noteBanner} from '../../src/ledger/migration.ts'
import {notices} from '../../src/ledger/notice.ts'
import {schedules} from '../../src/ledger/schedule.ts'
import type {BannerInput} from '../../src/migration/banner.ts'
import {agreeMigration, validateMigration} from '../../src/migration/decide.ts'
import {states} from '../../src/migration/model.ts'
import {requestMigration} from '../../src/migration/request.ts'
import {proposeProduction, scheduleQualification} from '../../src/migration/schedule.ts'
import {migrationTend} from '../../src/migration/tend.ts'
import {memoryRun} from '../support/memory-run.ts'
import {ask, at, checklist, handedOver, now, operator, proposed, tried, world} from '../support/migration-world.ts'

t.setTimeout(300_000)

t.test(
  'what time brings about: pages say it days ahead, who validates is reminded, what is late is an incident',
  async t => {
    const made = await world(t)
    const {ledger, platform} = made
    const {id} = await requestMigration(ledger, now, ask)
    await scheduleQualification(ledger, now, {id, at, operator, remindDays: 3})
    t.match(await schedules(ledger), [{name: 'migration-tend', runbook: 'migration-tend'}])
    const asked: BannerInput[] = []
    const enqueue = async (input: BannerInput) => {
      asked.push(input)
      await noteBanner(ledger, id, input.slot?.until)
    }
    const tend = (when: Temporal.Instant) => {
      const clock = {now: () => when, sleep: async () => {}}
      return memoryRun().follow(migrationTend({ledger, clock, enqueue}).steps({}))
    }
    const kinds = async () =>
      (await notices(ledger, {limit: 99})).filter(({kind}) => kind === 'migration-reminder').length
    await handedOver(made, id)
    const since = Temporal.Instant.from(tried.at)
    await tend(since.add({hours: 71}))
    t.equal(await kinds(), 0, 'not yet')
    for (const hours of [73, 74, 143]) await tend(since.add({hours}))
    t.equal(await kinds(), 1, 'once')
    await tend(since.add({hours: 145}))
    t.equal(await kinds(), 2, 'and again')
    await validateMigration(ledger, now, {id, by: 'jdoe', checklist})
    await proposeProduction(platform, {id, ...proposed})
    await tend(now)
    t.strictSame(asked, [], 'nobody has agreed')
    await agreeMigration(platform, {id, by: 'jdoe', operator})
    await tend(now)
    await tend(now)
    const slot = {from: `${at}`, until: `${at.add({hours: 2})}`}
    t.match(asked, [{migration: id, tenant: 'acme', slot}], 'asked for once')
    await proposeProduction(platform, {id, ...proposed, at: at.add({hours: 24})})
    await tend(now)
    t.match(asked.slice(1), [{slot: null}], 'another date is not agreed on yet')
    await changeMigration(ledger, {id, from: states}, {state: 'production-running', run: 'r1'})
    await tend(at.add({hours: 25}))
    t.strictSame(await events(ledger, {open: true, limit: 9}), [])
    await tend(at.add({hours: 27}))
    t.match(await events(ledger, {open: true, limit: 9}), [
      {kind: 'incident-migration-late', subject: 'acme/production'},
    ])
    await changeMigration(ledger, {id, from: states}, {state: 'done', endedAt: at.add({hours: 28})})
    await tend(at.add({hours: 29}))
    t.strictSame(await events(ledger, {open: true, limit: 9}), [])
  },
)

t.test('what refuses one migration keeps nobody from looking at the others', async t => {
  const made = await world(t)
  const {ledger, platform} = made
  const {id} = await requestMigration(ledger, now, ask)
  await scheduleQualification(ledger, now, {id, at, operator})
  await handedOver(made, id)
  await validateMigration(ledger, now, {id, by: 'jdoe', checklist})
  await proposeProduction(platform, {id, ...proposed})
  await agreeMigration(platform, {id, by: 'jdoe', operator})
  const enqueue = () => Promise.reject(new Refusal('run-unfinished', 'its pages are told of another day'))
  const clock = {now: () => now, sleep: async () => {}}
  const {events: said, records, follow} = memoryRun()
  await follow(migrationTend({ledger, clock, enqueue}).steps({}))
  t.equal(records.state_, 'done')
  t.match(JSON.stringify(said), `${id} of acme: its pages are told of another day`)
})
